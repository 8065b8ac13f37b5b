// Extension headers of IPv6 (RFC 8200, section 4): hop-by-hop and destination options, routing, fragment. Options and
// routing data are raw bytes; their headers are multiples of 8 bytes, and the length does not count the first 8.
//
//   options:  | nexthdr | hdrlen | options …          fragment:  | nexthdr | 0 | offset 13, 0 2, more 1 | id 32 |
//   routing:  | nexthdr | hdrlen | type | segmentsLeft | data …
import { scalarLayouts, structLayout } from "@typebpf/abi";
import { describe } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";
import { optionBytes } from "./field.ts";
import { type Fields, type Layer, type LayerKind, layerOf, type Protocol, propertiesOf } from "./layer.ts";
import { ipv6Next } from "./numbers.ts";

const { u8, u16be, u32be } = scalarLayouts;

const sizes = {
  lengths: (header: number) => ({ hdrlen: header / 8 - 1 }),
  headerSize: ({ hdrlen }: Fields) => (Number(hdrlen) + 1) * 8,
} as const;

function optionsProtocol(kind: LayerKind): Protocol {
  const layout = structLayout("ipv6_opt_hdr", { nexthdr: u8, hdrlen: u8 });
  return { kind, layout, defaults: {}, extras: ["options"], ...sizes, next: ipv6Next };
}

/** Hop-by-hop options. */
export const hopByHopProtocol: Protocol = optionsProtocol("hopByHop");

/** Destination options. */
export const destinationOptionsProtocol: Protocol = optionsProtocol("destinationOptions");

/** The fields of a header with options; each may be left out. */
export interface Ipv6OptionsFields {
  /** Default that of the next layer. */
  readonly nexthdr?: number;
  /** Length in 8-byte units without the first; default from the options. */
  readonly hdrlen?: number;
  /** Options as bytes; a padding option fills the header up. */
  readonly options?: Uint8Array;
}

/** Fills up to a multiple of 8 bytes with Pad1 (one zero byte) or PadN (type 1, length, zeros). */
function paddedOptions(value: unknown, path: string): Uint8Array {
  const options = optionBytes(value, 1, path);
  const missing = (8 - ((options.length + 2) % 8)) % 8;
  const padding = missing < 2 ? new Uint8Array(missing) : Uint8Array.of(1, missing - 2, ...new Uint8Array(missing - 2));
  return Uint8Array.of(...options, ...padding);
}

function optionsLayer(protocol: Protocol, given: Ipv6OptionsFields): Layer {
  const { options, ...fields } = propertiesOf(given, protocol.kind);
  return layerOf(protocol, fields, paddedOptions(options, `${protocol.kind}.options`));
}

/**
 * Hop-by-hop options, directly after `ipv6`.
 * @throws DiagnosticError BPF6150–6153 with the path of the field.
 */
export function hopByHop(fields: Ipv6OptionsFields = {}): Layer {
  return optionsLayer(hopByHopProtocol, fields);
}

/**
 * Destination options.
 * @throws DiagnosticError BPF6150–6153 with the path of the field.
 */
export function destinationOptions(fields: Ipv6OptionsFields = {}): Layer {
  return optionsLayer(destinationOptionsProtocol, fields);
}

/** The fields of a routing header; each may be left out. */
export interface RoutingFields {
  /** Default that of the next layer. */
  readonly nexthdr?: number;
  /** Length in 8-byte units without the first; default from the data. */
  readonly hdrlen?: number;
  /** Type of routing; default 0. */
  readonly type?: number;
  /** Nodes still to visit; default 0. */
  readonly segmentsLeft?: number;
  /** What the type asks for, filled up with zeros; default 4 zero bytes. */
  readonly data?: Uint8Array;
}

/** Routing header. */
export const routingProtocol: Protocol = {
  kind: "routing",
  layout: structLayout("ipv6_rt_hdr", { nexthdr: u8, hdrlen: u8, type: u8, segmentsLeft: u8 }),
  defaults: {},
  extras: ["data"],
  ...sizes,
  next: ipv6Next,
};

/**
 * A routing header. Checksums behind it cover the destination of the IPv6 header, as they do with `segmentsLeft` 0.
 * @throws DiagnosticError BPF6150–6153 with the path of the field.
 */
export function routing(fields: RoutingFields = {}): Layer {
  const { data, ...rest } = propertiesOf(fields, "routing");
  const given = optionBytes(data, 1, "routing.data");
  const tail = new Uint8Array(Math.max(4, Math.ceil((given.length - 4) / 8) * 8 + 4));
  tail.set(given);
  return layerOf(routingProtocol, rest, tail);
}

/** The fields of a fragment header; each may be left out. */
export interface FragmentFields {
  /** Default that of the next layer. */
  readonly nexthdr?: number;
  /** Default 0. */
  readonly reserved?: number;
  /** Where the fragment lies, in bytes (a multiple of 8), plus 1 where more follow; default 0. */
  readonly fragOff?: number;
  /** Tells one packet's fragments from another's; default 0. */
  readonly id?: number;
}

/** Fragment header. */
export const fragmentProtocol: Protocol = {
  kind: "fragment",
  layout: structLayout("frag_hdr", { nexthdr: u8, reserved: u8, fragOff: u16be, id: u32be }),
  defaults: {},
  readers: {
    // Of the low three bits, only the lowest means something.
    fragOff: (value, path) => {
      if (typeof value !== "number" || (value & 6) === 0) return value;
      throw loaderError("valueRange", {
        message: `${path}: takes a multiple of 8, plus 1 where more follow, not ${describe(value)}`,
      });
    },
  },
  next: ipv6Next,
};

/**
 * A fragment header: `fragment({ fragOff: 1480, nexthdr: 17 })`.
 * @throws DiagnosticError BPF6150–6152 with the path of the field.
 */
export function fragment(fields: FragmentFields = {}): Layer {
  return layerOf(fragmentProtocol, propertiesOf(fields, "fragment"));
}
