// ARP for IPv4 over Ethernet (RFC 826): the layout of the DSL's `Arp`.
//
//   0   2   4   5   6   8    14   18   24   28
//   |hrd|pro|hln|pln|op |sha |sip |tha |tip |
import { arrayLayout, scalarLayouts, structLayout } from "@typebpf/abi";
import { type Ipv4Address, type MacAddress, readIpv4Bytes, readMac } from "./field.ts";
import { type Layer, layerOf, type Protocol, propertiesOf } from "./layer.ts";

const { u8, u16be } = scalarLayouts;

/** The fields of an ARP packet; each may be left out. */
export interface ArpFields {
  /** Hardware type; default 1, Ethernet. */
  readonly hrd?: number;
  /** Protocol type; default 0x0800, IPv4. */
  readonly pro?: number;
  /** Length of a hardware address; default 6. */
  readonly hln?: number;
  /** Length of a protocol address; default 4. */
  readonly pln?: number;
  /** What is asked or said; default "request", which is 1; "reply" is 2. */
  readonly op?: number | "request" | "reply";
  /** Sender's hardware address; default 02:00:00:00:00:01. */
  readonly sha?: MacAddress;
  /** Sender's IPv4 address; default 10.0.0.1. */
  readonly sip?: Ipv4Address;
  /** Target's hardware address; default zero. */
  readonly tha?: MacAddress;
  /** Target's IPv4 address; default 10.0.0.2. */
  readonly tip?: Ipv4Address;
}

const operations: Readonly<Record<string, number>> = { request: 1, reply: 2 };

/** ARP for IPv4 over Ethernet. */
export const arpProtocol: Protocol = {
  kind: "arp",
  layout: structLayout("arphdr", {
    hrd: u16be,
    pro: u16be,
    hln: u8,
    pln: u8,
    op: u16be,
    sha: arrayLayout(u8, 6),
    sip: arrayLayout(u8, 4),
    tha: arrayLayout(u8, 6),
    tip: arrayLayout(u8, 4),
  }),
  defaults: {
    hrd: 1,
    pro: 0x0800,
    hln: 6,
    pln: 4,
    op: 1,
    sha: Uint8Array.of(2, 0, 0, 0, 0, 1),
    sip: Uint8Array.of(10, 0, 0, 1),
    tip: Uint8Array.of(10, 0, 0, 2),
  },
  readers: {
    op: (value) => (typeof value === "string" && Object.hasOwn(operations, value) ? operations[value] : value),
    sha: readMac,
    sip: readIpv4Bytes,
    tha: readMac,
    tip: readIpv4Bytes,
  },
};

/**
 * An ARP packet: `packet(ethernet({ dest: "ff:ff:ff:ff:ff:ff" }), arp({ tip: "10.0.0.2" }))`.
 * @throws DiagnosticError BPF6150–6154 with the path of the field.
 */
export function arp(fields: ArpFields = {}): Layer {
  return layerOf(arpProtocol, propertiesOf(fields, "arp"));
}
