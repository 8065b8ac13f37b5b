// IPv6 header (RFC 8200; struct ipv6hdr of include/uapi/linux/ipv6.h).
//
//   | version 4 | trafficClass 8 | flowLbl 20 |   one big-endian word, counted from the most significant bit
import { array } from "../array.ts";
import { bits } from "../bits.ts";
import { u8, type u16, u16be, type u32, u32be } from "../scalars.ts";
import type { FixedArray } from "../schema.ts";
import { type StructSchema, struct } from "../struct.ts";

/** IPv6 header, 40 bytes. */
export interface IPv6 {
  /** 6. */
  version: u8;
  /** Differentiated services (6 bits) and congestion notification (2). */
  trafficClass: u8;
  /** Flow label. */
  flowLbl: u32;
  /** Length in bytes of what follows this header. */
  payloadLen: u16;
  /** What follows: one of `IpProtocol`. */
  nexthdr: u8;
  /** Hops left. */
  hopLimit: u8;
  /** Source address. */
  saddr: FixedArray<u8, 16>;
  /** Destination address. */
  daddr: FixedArray<u8, 16>;
}

/** IPv6 header, 40 bytes. */
export const IPv6: StructSchema<IPv6> = struct("ipv6hdr", {
  version: bits(u32be, 4),
  trafficClass: bits(u32be, 8),
  flowLbl: bits(u32be, 20),
  payloadLen: u16be,
  nexthdr: u8,
  hopLimit: u8,
  saddr: array(u8, 16),
  daddr: array(u8, 16),
});
