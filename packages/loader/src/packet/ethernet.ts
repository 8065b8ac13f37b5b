// Ethernet II (IEEE 802.3) and VLAN tags (IEEE 802.1Q, 802.1ad): the layouts of the DSL's `Ethernet` and `Vlan`.
//
//   0       6       12    14              tci: | priority 3 | drop eligible 1 | VLAN id 12 |
//   | dest  | source | proto |
import { arrayLayout, bitsLayout, scalarLayouts, structLayout } from "@typebpf/abi";
import { encode } from "../codec.ts";
import { packetError } from "./diagnostics.ts";
import { type Flag, type MacAddress, readFlag, readMac } from "./field.ts";
import { type Layer, layerOf, type Protocol, propertiesOf } from "./layer.ts";
import { etherTypes } from "./numbers.ts";

const { u8, u16, u16be } = scalarLayouts;

/** The fields of an Ethernet header; each may be left out. */
export interface EthernetFields {
  /** Destination address; default 02:00:00:00:00:02. */
  readonly dest?: MacAddress;
  /** Source address; default 02:00:00:00:00:01. */
  readonly source?: MacAddress;
  /** EtherType; default that of the next layer, 0x88b5 before other payload. */
  readonly proto?: number;
}

/** Ethernet II. */
export const ethernetProtocol: Protocol = {
  kind: "ethernet",
  layout: structLayout("ethhdr", { dest: arrayLayout(u8, 6), source: arrayLayout(u8, 6), proto: u16be }),
  defaults: { dest: Uint8Array.of(2, 0, 0, 0, 0, 2), source: Uint8Array.of(2, 0, 0, 0, 0, 1) },
  readers: { dest: readMac, source: readMac },
  next: etherTypes,
};

/**
 * An Ethernet header.
 * @throws DiagnosticError BPF6150–6154 with the path of the field.
 */
export function ethernet(fields: EthernetFields = {}): Layer {
  return layerOf(ethernetProtocol, propertiesOf(fields, "ethernet"));
}

/** The fields of a VLAN tag; each may be left out. The parts of `tci` may be given one by one, or `tci` as a whole. */
export interface VlanFields {
  /** Tag control information as a whole. */
  readonly tci?: number;
  /** VLAN id, 0 to 4095; default 1. */
  readonly id?: number;
  /** Priority, 0 to 7; default 0. */
  readonly priority?: number;
  /** May be dropped first; default false. */
  readonly dropEligible?: Flag;
  /** EtherType of what follows; default that of the next layer. */
  readonly proto?: number;
}

/** A VLAN tag. */
export const vlanProtocol: Protocol = {
  kind: "vlan",
  layout: structLayout("vlan_hdr", { tci: u16be, proto: u16be }),
  defaults: { tci: 1 },
  extras: ["id", "priority", "dropEligible"],
  next: etherTypes,
};

/** For the ranges of the parts only; on the wire they are one big-endian number. */
const tagBits = structLayout("tci", {
  id: bitsLayout(u16, 12),
  dropEligible: bitsLayout(u16, 1),
  priority: bitsLayout(u16, 3),
});

/**
 * A VLAN tag, after Ethernet or another tag: `packet(ethernet(), vlan({ id: 5 }), vlan({ id: 7 }), ipv4())`. The type
 * 0x88a8 announces a tag before another tag, 0x8100 the last one.
 * @throws DiagnosticError BPF6150–6154 with the path of the field, BPF6194 for `tci` together with a part of it.
 */
export function vlan(fields: VlanFields = {}): Layer {
  const { id, priority, dropEligible, ...rest } = propertiesOf(fields, "vlan");
  if (id === undefined && priority === undefined && dropEligible === undefined) return layerOf(vlanProtocol, rest);
  if (rest.tci !== undefined) throw packetError("conflict", "vlan.tci", "holds the id and the priority too");
  const parts = { id: id ?? 1, dropEligible: readFlag(dropEligible), priority };
  const [low = 0, high = 0] = encode(tagBits, parts, "vlan");
  return layerOf(vlanProtocol, { ...rest, tci: high * 256 + low });
}
