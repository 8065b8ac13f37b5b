// ARP for IPv4 over Ethernet (RFC 826; struct arphdr of include/uapi/linux/if_arp.h). The IPv4 addresses lie at
// offsets 14 and 24, which are no multiples of four, so they are byte arrays.
//
//   0   2   4   5   6   8    14   18   24   28
//   |hrd|pro|hln|pln|op |sha |sip |tha |tip |
import { array } from "../array.ts";
import { u8, type u16, u16be } from "../scalars.ts";
import type { FixedArray } from "../schema.ts";
import { type StructSchema, struct } from "../struct.ts";

/** ARP packet for IPv4 over Ethernet, 28 bytes. */
export interface Arp {
  /** Hardware type: 1 for Ethernet. */
  hrd: u16;
  /** Protocol type: `EtherType.IPv4`. */
  pro: u16;
  /** Length of a hardware address: 6. */
  hln: u8;
  /** Length of a protocol address: 4. */
  pln: u8;
  /** One of `ArpOperation`. */
  op: u16;
  /** Sender's hardware address. */
  sha: FixedArray<u8, 6>;
  /** Sender's IPv4 address. */
  sip: FixedArray<u8, 4>;
  /** Target's hardware address. */
  tha: FixedArray<u8, 6>;
  /** Target's IPv4 address. */
  tip: FixedArray<u8, 4>;
}

/** ARP packet for IPv4 over Ethernet, 28 bytes. */
export const Arp: StructSchema<Arp> = struct("arphdr", {
  hrd: u16be,
  pro: u16be,
  hln: u8,
  pln: u8,
  op: u16be,
  sha: array(u8, 6),
  sip: array(u8, 4),
  tha: array(u8, 6),
  tip: array(u8, 4),
});

/** What an ARP packet asks or says. */
export const ArpOperation = { REQUEST: 1, REPLY: 2 } as const;
