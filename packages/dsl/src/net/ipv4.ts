// IPv4 header (RFC 791; struct iphdr of include/uapi/linux/ip.h). `version` is the high half of the first byte:
// native bit fields count from the least significant bit, so `ihl` comes first.
import { bits } from "../bits.ts";
import { u8, type u16, u16be, type u32, u32be } from "../scalars.ts";
import { type StructSchema, struct } from "../struct.ts";

/** IPv4 header without options, 20 bytes. */
export interface IPv4 {
  /** Length of the header in 32-bit words, options included: at least 5. */
  ihl: u8;
  /** 4. */
  version: u8;
  /** Differentiated services (6 bits) and congestion notification (2). */
  tos: u8;
  /** Length in bytes, from this header on. */
  totLen: u16;
  /** Identifies the fragments of one datagram. */
  id: u16;
  /** Flags (reserved 0x8000, don't fragment 0x4000, more fragments 0x2000) and offset in 8-byte units (0x1fff). */
  fragOff: u16;
  /** Hops left. */
  ttl: u8;
  /** What follows: one of `IpProtocol`. */
  protocol: u8;
  /** Checksum of the header. */
  check: u16;
  /** Source address. */
  saddr: u32;
  /** Destination address. */
  daddr: u32;
}

/** IPv4 header without options, 20 bytes. */
export const IPv4: StructSchema<IPv4> = struct("iphdr", {
  ihl: bits(u8, 4),
  version: bits(u8, 4),
  tos: u8,
  totLen: u16be,
  id: u16be,
  fragOff: u16be,
  ttl: u8,
  protocol: u8,
  check: u16be,
  saddr: u32be,
  daddr: u32be,
});
