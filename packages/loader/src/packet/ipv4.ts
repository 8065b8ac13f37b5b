// IPv4 (RFC 791): the layout of the DSL's `IPv4`. `ipv4` has two meanings that its argument tells apart: of text it is
// the address, of fields the header. Options are padded with zeros, which end the list.
import { bitsLayout, scalarLayouts, structLayout } from "@typebpf/abi";
import { ipv4 as addressOf } from "../address.ts";
import { describe } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";
import { type Flag, type Ipv4Address, optionBytes, readFlag, readIpv4 } from "./field.ts";
import { type Layer, layerOf, type Protocol, propertiesOf } from "./layer.ts";
import { ipv4Next } from "./numbers.ts";

const { u8, u16be, u32be } = scalarLayouts;

/** The parts of `fragOff`. */
export interface Ipv4Fragment {
  /** Routers may not split the packet (0x4000). */
  readonly dontFragment?: Flag;
  /** This is not the last fragment (0x2000). */
  readonly moreFragments?: Flag;
  /** Where the fragment's payload lies in the datagram, in bytes: a multiple of 8. */
  readonly offset?: number;
}

/** The fields of an IPv4 header; each may be left out. */
export interface IPv4Fields {
  /** Default 4. */
  readonly version?: number;
  /** Length of the header in 32-bit words; default from the options. */
  readonly ihl?: number;
  /** Differentiated services and congestion notification; default 0. */
  readonly tos?: number;
  /** Length from this header on; default from what follows. */
  readonly totLen?: number;
  /** Default 0. */
  readonly id?: number;
  /** Flags and offset as the number in the header, or by their parts; default 0. */
  readonly fragOff?: number | Ipv4Fragment;
  /** Default 64. */
  readonly ttl?: number;
  /** Default that of the next layer, 253 before other payload. */
  readonly protocol?: number;
  /** Checksum of the header; default the right one. */
  readonly check?: number;
  /** Source address; default 10.0.0.1. */
  readonly saddr?: Ipv4Address;
  /** Destination address; default 10.0.0.2. */
  readonly daddr?: Ipv4Address;
  /** Options, up to 40 bytes. */
  readonly options?: Uint8Array;
}

function readFragment(value: unknown, path: string): unknown {
  if (typeof value === "number") return value;
  const { dontFragment, moreFragments, offset = 0, ...rest } = propertiesOf(value as Ipv4Fragment, path);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    const known = "it has dontFragment, moreFragments, offset";
    throw loaderError("unknownField", { message: `${path}: there is no field ${describe(unknown)}; ${known}` });
  }
  if (!Number.isInteger(offset) || offset < 0 || offset > 0xfff8 || offset % 8 !== 0) {
    throw loaderError("valueRange", {
      message: `${path}.offset: takes a multiple of 8 up to 65528, not ${describe(offset)}`,
    });
  }
  const flag = (given: unknown, name: string, bit: number) => {
    const number = readFlag(given ?? 0);
    if (number === 0 || number === 1) return number * bit;
    throw loaderError("valueKind", { message: `${path}.${name}: takes true or false, not ${describe(given)}` });
  };
  return flag(dontFragment, "dontFragment", 0x4000) + flag(moreFragments, "moreFragments", 0x2000) + offset / 8;
}

/** IPv4. */
export const ipv4Protocol: Protocol = {
  kind: "ipv4",
  layout: structLayout("iphdr", {
    ihl: bitsLayout(u8, 4),
    version: bitsLayout(u8, 4),
    tos: u8,
    totLen: u16be,
    id: u16be,
    fragOff: u16be,
    ttl: u8,
    protocol: u8,
    check: u16be,
    saddr: u32be,
    daddr: u32be,
  }),
  defaults: { version: 4, ttl: 64, saddr: 0x0a000001, daddr: 0x0a000002 },
  readers: { fragOff: readFragment, saddr: readIpv4, daddr: readIpv4 },
  extras: ["options"],
  lengths: (header, rest) => ({ ihl: header / 4, totLen: header + rest }),
  headerSize: ({ ihl }) => Number(ihl) * 4,
  next: ipv4Next,
  checksum: { covers: "header" },
};

/**
 * An IPv4 header: `ipv4({ saddr: "10.0.0.1" })`.
 * @throws DiagnosticError BPF6150–6154 with the path of the field.
 */
export function ipv4(fields?: IPv4Fields): Layer;
/**
 * The address "10.0.0.1" as a number in host order: the value of a `u32be` field.
 * @throws DiagnosticError BPF6154
 */
export function ipv4(text: string): number;
export function ipv4(given: string | IPv4Fields = {}): number | Layer {
  if (typeof given === "string") return addressOf(given);
  const { options, ...fields } = propertiesOf(given, "ipv4");
  return layerOf(ipv4Protocol, fields, optionBytes(options, 4, "ipv4.options"));
}
