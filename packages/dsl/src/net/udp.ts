// UDP header (RFC 768; struct udphdr of include/uapi/linux/udp.h).
import { type u16, u16be } from "../scalars.ts";
import { type StructSchema, struct } from "../struct.ts";

/** UDP header, 8 bytes. */
export interface Udp {
  /** Source port. */
  source: u16;
  /** Destination port. */
  dest: u16;
  /** Length in bytes, from this header on. */
  len: u16;
  /** Checksum of the datagram and of a pseudo-header with the addresses; 0 for none (IPv4 only). */
  check: u16;
}

/** UDP header, 8 bytes. */
export const Udp: StructSchema<Udp> = struct("udphdr", { source: u16be, dest: u16be, len: u16be, check: u16be });
