// IPv6 (RFC 8200): the layout of the DSL's `IPv6`. `ipv6` has two meanings that its argument tells apart: of text it
// is the address, of fields the header.
import { arrayLayout, bitsLayout, scalarLayouts, structLayout } from "@typebpf/abi";
import { ipv6 as addressOf } from "../address.ts";
import { type Ipv6Address, readIpv6 } from "./field.ts";
import { type Layer, layerOf, type Protocol, propertiesOf } from "./layer.ts";
import { ipv6Next } from "./numbers.ts";

const { u8, u16be, u32be } = scalarLayouts;

/** The fields of an IPv6 header; each may be left out. */
export interface IPv6Fields {
  /** Default 6. */
  readonly version?: number;
  /** Differentiated services and congestion notification; default 0. */
  readonly trafficClass?: number;
  /** Flow label; default 0. */
  readonly flowLbl?: number;
  /** Length of what follows this header; default from what follows. */
  readonly payloadLen?: number;
  /** Default that of the next layer, 253 before other payload, 59 before nothing. */
  readonly nexthdr?: number;
  /** Default 64. */
  readonly hopLimit?: number;
  /** Source address; default fd00::1. */
  readonly saddr?: Ipv6Address;
  /** Destination address; default fd00::2. */
  readonly daddr?: Ipv6Address;
}

/** IPv6. */
export const ipv6Protocol: Protocol = {
  kind: "ipv6",
  layout: structLayout("ipv6hdr", {
    version: bitsLayout(u32be, 4),
    trafficClass: bitsLayout(u32be, 8),
    flowLbl: bitsLayout(u32be, 20),
    payloadLen: u16be,
    nexthdr: u8,
    hopLimit: u8,
    saddr: arrayLayout(u8, 16),
    daddr: arrayLayout(u8, 16),
  }),
  defaults: { version: 6, hopLimit: 64, saddr: addressOf("fd00::1"), daddr: addressOf("fd00::2") },
  readers: { saddr: readIpv6, daddr: readIpv6 },
  lengths: (_header, rest) => ({ payloadLen: rest }),
  next: ipv6Next,
};

/**
 * An IPv6 header: `ipv6({ saddr: "2001:db8::1" })`. Extension headers are layers of their own, behind it.
 * @throws DiagnosticError BPF6150–6154 with the path of the field.
 */
export function ipv6(fields?: IPv6Fields): Layer;
/**
 * The address "2001:db8::1" as its 16 bytes in network order.
 * @throws DiagnosticError BPF6154
 */
export function ipv6(text: string): Uint8Array;
export function ipv6(given: string | IPv6Fields = {}): Uint8Array | Layer {
  return typeof given === "string" ? addressOf(given) : layerOf(ipv6Protocol, propertiesOf(given, "ipv6"));
}
