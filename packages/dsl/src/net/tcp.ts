// TCP header (RFC 9293; struct tcphdr of include/uapi/linux/tcp.h). Bytes 12 and 13 hold the data offset and the flags,
// each counted here from the least significant bit:
//
//   byte 12: | doff 4 | res1 4 |     byte 13: | cwr | ece | urg | ack | psh | rst | syn | fin |
import { bits } from "../bits.ts";
import { u8, type u16, u16be, type u32, u32be } from "../scalars.ts";
import { type StructSchema, struct } from "../struct.ts";

/** TCP header without options, 20 bytes. */
export interface Tcp {
  /** Source port. */
  source: u16;
  /** Destination port. */
  dest: u16;
  /** Number of the first byte sent. */
  seq: u32;
  /** Number of the next byte expected. */
  ackSeq: u32;
  /** Reserved. */
  res1: u8;
  /** Length of the header in 32-bit words, options included: at least 5. */
  doff: u8;
  /** Last segment of the sender. */
  fin: u8;
  /** Opens a connection. */
  syn: u8;
  /** Resets the connection. */
  rst: u8;
  /** Deliver at once. */
  psh: u8;
  /** `ackSeq` is meant. */
  ack: u8;
  /** `urgPtr` is meant. */
  urg: u8;
  /** Congestion was seen. */
  ece: u8;
  /** The congestion window was reduced. */
  cwr: u8;
  /** Bytes the sender can take, before scaling. */
  window: u16;
  /** Checksum of the segment and of a pseudo-header with the addresses. */
  check: u16;
  /** End of the urgent data, counted from `seq`. */
  urgPtr: u16;
}

/** TCP header without options, 20 bytes. */
export const Tcp: StructSchema<Tcp> = struct("tcphdr", {
  source: u16be,
  dest: u16be,
  seq: u32be,
  ackSeq: u32be,
  res1: bits(u8, 4),
  doff: bits(u8, 4),
  fin: bits(u8, 1),
  syn: bits(u8, 1),
  rst: bits(u8, 1),
  psh: bits(u8, 1),
  ack: bits(u8, 1),
  urg: bits(u8, 1),
  ece: bits(u8, 1),
  cwr: bits(u8, 1),
  window: u16be,
  check: u16be,
  urgPtr: u16be,
});
