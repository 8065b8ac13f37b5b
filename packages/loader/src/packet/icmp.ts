// ICMP (RFC 792) and ICMPv6 (RFC 4443): the layouts of the DSL's `Icmp`, `IcmpEcho`, `Icmpv6` and `Icmpv6Echo`. The
// fields of an echo and `rest` are the same four bytes.
import { scalarLayouts, structLayout } from "@typebpf/abi";
import { packetError } from "./diagnostics.ts";
import { type Layer, layerOf, type Protocol, propertiesOf } from "./layer.ts";
import { ipProtocols } from "./numbers.ts";

const { u8, u16be, u32be } = scalarLayouts;

/** The fields of an ICMP header; each may be left out. */
export interface IcmpFields {
  /** Default 8, echo request. */
  readonly type?: number;
  /** Default 0. */
  readonly code?: number;
  /** Checksum of the message; default the right one. */
  readonly check?: number;
  /** The last four bytes as one number; default 0. */
  readonly rest?: number;
  /** Of an echo: tells one sender's from another's. */
  readonly id?: number;
  /** Of an echo: counts. */
  readonly sequence?: number;
}

/** ICMP in general. */
export const icmpProtocol: Protocol = {
  kind: "icmp",
  layout: structLayout("icmphdr", { type: u8, code: u8, check: u16be, rest: u32be }),
  defaults: { type: 8 },
  extras: ["id", "sequence"],
  checksum: { covers: "message" },
};

/** ICMP echo. */
export const icmpEchoProtocol: Protocol = {
  ...icmpProtocol,
  layout: structLayout("icmp_echo", { type: u8, code: u8, check: u16be, id: u16be, sequence: u16be }),
  extras: ["rest"],
};

/**
 * An ICMP header: `icmp({ type: 8, id: 7, sequence: 1 })`. An error message carries the packet it is about:
 * `packet(ethernet(), ipv4(), icmp({ type: 3, code: 1 }), ipv4(), udp())`.
 * @throws DiagnosticError BPF6150–6152 with the path of the field, BPF6194 for `rest` together with `id` or `sequence`.
 */
export function icmp(fields: IcmpFields = {}): Layer {
  const { id, sequence, rest } = propertiesOf(fields, "icmp");
  if (id === undefined && sequence === undefined) return layerOf(icmpProtocol, fields);
  if (rest !== undefined) throw packetError("conflict", "icmp.rest", "holds id and sequence too");
  return layerOf(icmpEchoProtocol, fields);
}

/** The fields of an ICMPv6 header; each may be left out. */
export interface Icmpv6Fields {
  /** Default 128, echo request. */
  readonly type?: number;
  /** Default 0. */
  readonly code?: number;
  /** Checksum of the message and the addresses; default the right one. */
  readonly check?: number;
  /** The last four bytes as one number; default 0. */
  readonly rest?: number;
  /** Of an echo: tells one sender's from another's. */
  readonly identifier?: number;
  /** Of an echo: counts. */
  readonly sequence?: number;
}

/** ICMPv6 in general. */
export const icmpv6Protocol: Protocol = {
  kind: "icmpv6",
  layout: structLayout("icmp6hdr", { type: u8, code: u8, check: u16be, rest: u32be }),
  defaults: { type: 128 },
  extras: ["identifier", "sequence"],
  checksum: { covers: "message", pseudo: ipProtocols.icmpv6 },
};

/** ICMPv6 echo. */
export const icmpv6EchoProtocol: Protocol = {
  ...icmpv6Protocol,
  layout: structLayout("icmp6_echo", { type: u8, code: u8, check: u16be, identifier: u16be, sequence: u16be }),
  extras: ["rest"],
};

/**
 * An ICMPv6 header: `icmpv6({ type: 128, identifier: 7, sequence: 1 })`.
 * @throws DiagnosticError BPF6150–6152 with the path of the field, BPF6194 for `rest` together with the fields of an echo.
 */
export function icmpv6(fields: Icmpv6Fields = {}): Layer {
  const { identifier, sequence, rest } = propertiesOf(fields, "icmpv6");
  if (identifier === undefined && sequence === undefined) return layerOf(icmpv6Protocol, fields);
  if (rest !== undefined) throw packetError("conflict", "icmpv6.rest", "holds identifier and sequence too");
  return layerOf(icmpv6EchoProtocol, fields);
}
