// The numbers by which headers name what follows: EtherTypes (IEEE 802) and protocol numbers (IANA), by layer.
import type { NextField } from "./layer.ts";

/** `proto` of Ethernet and VLAN. Unknown payload has the first EtherType for local experiments (IEEE 802, clause 9.2.4). */
export const etherTypes = {
  field: "proto",
  numbers: { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, outerVlan: 0x88a8, ipv6: 0x86dd },
  payload: 0x88b5,
  nothing: 0x88b5,
} as const satisfies NextField;

/** Protocol numbers of what follows an IP header. */
export const ipProtocols = {
  hopByHop: 0,
  icmp: 1,
  ipv4: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  routing: 43,
  fragment: 44,
  icmpv6: 58,
  destinationOptions: 60,
} as const satisfies NextField["numbers"];

/** The number for experiments (RFC 3692), and IPv6's for no next header (RFC 8200). */
const experiment = 253;
const noNextHeader = 59;

/** `protocol` of IPv4. */
export const ipv4Next = {
  field: "protocol",
  numbers: ipProtocols,
  payload: experiment,
  nothing: experiment,
} as const satisfies NextField;

/** `nexthdr` of IPv6 and its extension headers. */
export const ipv6Next = {
  field: "nexthdr",
  numbers: ipProtocols,
  payload: experiment,
  nothing: noNextHeader,
} as const satisfies NextField;
