// TCP (RFC 9293): the layout of the DSL's `Tcp`.
//
//   byte 12: | doff 4 | res1 4 |     byte 13: | cwr | ece | urg | ack | psh | rst | syn | fin |
import { bitsLayout, scalarLayouts, structLayout } from "@typebpf/abi";
import { decode, encode } from "../codec.ts";
import { type Flag, readFlag } from "./field.ts";
import { type Fields, type Layer, layerOf, type Protocol, propertiesOf } from "./layer.ts";
import { ipProtocols } from "./numbers.ts";
import { type TcpOptions, tcpOptionBytes } from "./tcp-options.ts";

const { u8, u16be, u32be } = scalarLayouts;
const one = bitsLayout(u8, 1);

/** The flags of a segment. */
export interface TcpFlags {
  readonly fin?: Flag;
  readonly syn?: Flag;
  readonly rst?: Flag;
  readonly psh?: Flag;
  readonly ack?: Flag;
  readonly urg?: Flag;
  readonly ece?: Flag;
  readonly cwr?: Flag;
}

/** The fields of a TCP header; each may be left out. Without any flag given, the segment has `ack`. */
export interface TcpFields extends TcpFlags {
  /** Source port; default 40000. */
  readonly source?: number;
  /** Destination port; default 80. */
  readonly dest?: number;
  /** Default 0. */
  readonly seq?: number;
  /** Default 0. */
  readonly ackSeq?: number;
  /** Reserved; default 0. */
  readonly res1?: number;
  /** Length of the header in 32-bit words; default from the options. */
  readonly doff?: number;
  /** Default 65535. */
  readonly window?: number;
  /** Checksum of the segment and the addresses; default the right one. */
  readonly check?: number;
  /** Default 0. */
  readonly urgPtr?: number;
  /** All flags at once, by name or as the header's byte. Single flags, where given, win. */
  readonly flags?: TcpFlags | number;
  /** Options by name, or as up to 40 bytes. */
  readonly options?: TcpOptions | Uint8Array;
}

const flagLayouts = { fin: one, syn: one, rst: one, psh: one, ack: one, urg: one, ece: one, cwr: one };
const flagNames = Object.keys(flagLayouts);
const flagByte = structLayout("tcp_flags", { flags: u8 });
const flagBits = structLayout("tcp_flags", flagLayouts);

/** TCP. */
export const tcpProtocol: Protocol = {
  kind: "tcp",
  layout: structLayout("tcphdr", {
    source: u16be,
    dest: u16be,
    seq: u32be,
    ackSeq: u32be,
    res1: bitsLayout(u8, 4),
    doff: bitsLayout(u8, 4),
    ...flagLayouts,
    window: u16be,
    check: u16be,
    urgPtr: u16be,
  }),
  defaults: { source: 40000, dest: 80, window: 0xffff },
  readers: Object.fromEntries(flagNames.map((name) => [name, readFlag])),
  extras: ["flags", "options"],
  lengths: (header) => ({ doff: header / 4 }),
  headerSize: ({ doff }) => Number(doff) * 4,
  checksum: { covers: "message", pseudo: ipProtocols.tcp },
};

function flagsOf(flags: TcpFlags | number): Fields {
  if (typeof flags === "number") {
    const bytes = encode(flagByte, { flags }, "tcp");
    return decode(flagBits, bytes) as Fields;
  }
  const given = Object.entries(propertiesOf(flags, "tcp.flags")).filter(([, value]) => value !== undefined);
  const values = Object.fromEntries(given.map(([name, value]) => [name, readFlag(value)]));
  return decode(flagBits, encode(flagBits, values, "tcp.flags")) as Fields;
}

/**
 * A TCP header: `tcp({ dest: 80, flags: { syn: true } })`, or shorter `tcp({ dest: 80, syn: true })`.
 * @throws DiagnosticError BPF6150–6153 with the path of the field.
 */
export function tcp(fields: TcpFields = {}): Layer {
  const { flags, options, ...rest } = propertiesOf(fields, "tcp");
  const single = new Map<string, unknown>(Object.entries(rest).filter(([, value]) => value !== undefined));
  const anySingle = flagNames.some((name) => single.has(name));
  const base = flags !== undefined ? flagsOf(flags) : anySingle ? {} : { ack: 1 };
  return layerOf(tcpProtocol, { ...base, ...Object.fromEntries(single) }, tcpOptionBytes(options, "tcp.options"));
}
