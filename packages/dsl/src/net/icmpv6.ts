// ICMPv6 (RFC 4443, RFC 4861; struct icmp6hdr of include/uapi/linux/icmpv6.h): the general header, and that of an echo.
import { u8, type u16, u16be, type u32, u32be } from "../scalars.ts";
import { type StructSchema, struct } from "../struct.ts";

/** ICMPv6 header, 8 bytes. */
export interface Icmpv6 {
  /** One of `Icmpv6Type`. */
  type: u8;
  /** Says more about the type. */
  code: u8;
  /** Checksum of the message and of a pseudo-header with the addresses. */
  check: u16;
  /** Depends on the type: of "packet too big" the MTU. */
  rest: u32;
}

/** ICMPv6 header, 8 bytes. */
export const Icmpv6: StructSchema<Icmpv6> = struct("icmp6hdr", { type: u8, code: u8, check: u16be, rest: u32be });

/** Header of an ICMPv6 echo request or reply, 8 bytes. */
export interface Icmpv6Echo {
  /** `Icmpv6Type.ECHO_REQUEST` or `Icmpv6Type.ECHO_REPLY`. */
  type: u8;
  /** 0. */
  code: u8;
  /** Checksum of the message and of a pseudo-header with the addresses. */
  check: u16;
  /** Tells one sender's echoes from another's. */
  identifier: u16;
  /** Counts the echoes. */
  sequence: u16;
}

/** Header of an ICMPv6 echo request or reply, 8 bytes. */
export const Icmpv6Echo: StructSchema<Icmpv6Echo> = struct("icmp6_echo", {
  type: u8,
  code: u8,
  check: u16be,
  identifier: u16be,
  sequence: u16be,
});

/** Types of ICMPv6 messages. */
export const Icmpv6Type = {
  DEST_UNREACH: 1,
  PKT_TOOBIG: 2,
  TIME_EXCEED: 3,
  PARAMPROB: 4,
  ECHO_REQUEST: 128,
  ECHO_REPLY: 129,
  ROUTER_SOLICITATION: 133,
  ROUTER_ADVERTISEMENT: 134,
  NEIGHBOUR_SOLICITATION: 135,
  NEIGHBOUR_ADVERTISEMENT: 136,
  REDIRECT: 137,
} as const;
