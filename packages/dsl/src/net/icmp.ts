// ICMP (RFC 792; struct icmphdr of include/uapi/linux/icmp.h): the general header, and that of an echo.
import { u8, type u16, u16be, type u32, u32be } from "../scalars.ts";
import { type StructSchema, struct } from "../struct.ts";

/** ICMP header, 8 bytes. */
export interface Icmp {
  /** One of `IcmpType`. */
  type: u8;
  /** Says more about the type. */
  code: u8;
  /** Checksum of the message. */
  check: u16;
  /** Depends on the type: of a redirect the gateway, of "fragmentation needed" the MTU in the low half. */
  rest: u32;
}

/** ICMP header, 8 bytes. */
export const Icmp: StructSchema<Icmp> = struct("icmphdr", { type: u8, code: u8, check: u16be, rest: u32be });

/** Header of an ICMP echo request or reply, 8 bytes. */
export interface IcmpEcho {
  /** `IcmpType.ECHO` or `IcmpType.ECHOREPLY`. */
  type: u8;
  /** 0. */
  code: u8;
  /** Checksum of the message. */
  check: u16;
  /** Tells one sender's echoes from another's. */
  id: u16;
  /** Counts the echoes. */
  sequence: u16;
}

/** Header of an ICMP echo request or reply, 8 bytes. */
export const IcmpEcho: StructSchema<IcmpEcho> = struct("icmp_echo", {
  type: u8,
  code: u8,
  check: u16be,
  id: u16be,
  sequence: u16be,
});

/** Types of ICMP messages. */
export const IcmpType = {
  ECHOREPLY: 0,
  DEST_UNREACH: 3,
  SOURCE_QUENCH: 4,
  REDIRECT: 5,
  ECHO: 8,
  TIME_EXCEEDED: 11,
  PARAMETERPROB: 12,
  TIMESTAMP: 13,
  TIMESTAMPREPLY: 14,
} as const;
