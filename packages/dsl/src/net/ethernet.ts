// Ethernet II header (IEEE 802.3; struct ethhdr of include/uapi/linux/if_ether.h) and the EtherTypes.
//
//   0       6       12    14
//   | dest  | source | proto |
import { array } from "../array.ts";
import { u8, type u16, u16be } from "../scalars.ts";
import type { FixedArray } from "../schema.ts";
import { type StructSchema, struct } from "../struct.ts";

/** Ethernet header, 14 bytes. */
export interface Ethernet {
  /** Destination address. */
  dest: FixedArray<u8, 6>;
  /** Source address. */
  source: FixedArray<u8, 6>;
  /** What follows: one of `EtherType`. */
  proto: u16;
}

/** Ethernet header, 14 bytes. */
export const Ethernet: StructSchema<Ethernet> = struct("ethhdr", {
  dest: array(u8, 6),
  source: array(u8, 6),
  proto: u16be,
});

/** What an Ethernet frame or a VLAN tag carries. */
export const EtherType = {
  IPv4: 0x0800,
  ARP: 0x0806,
  VLAN: 0x8100,
  IPv6: 0x86dd,
  MPLS: 0x8847,
  MPLS_MC: 0x8848,
  PPP_SES: 0x8864,
  QINQ: 0x88a8,
  LLDP: 0x88cc,
} as const;
