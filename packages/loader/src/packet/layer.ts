// What a protocol is to the builders, and a layer: a protocol with the fields that somebody gave. A protocol is data:
// its layout, its defaults, and which fields follow from what comes after it. Fields that were given always win.
import type { StructLayout } from "@typebpf/abi";
import { decode, describe, encode, type Value } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";
import type { FieldReader } from "./field.ts";

/** The protocols that have a builder. */
export type LayerKind =
  | "ethernet"
  | "vlan"
  | "arp"
  | "ipv4"
  | "ipv6"
  | "hopByHop"
  | "destinationOptions"
  | "routing"
  | "fragment"
  | "tcp"
  | "udp"
  | "icmp"
  | "icmpv6";

/** Values of fields by name, as the layout shapes them. */
export type Fields = Readonly<Record<string, Value>>;

/** The field that says what follows. */
export interface NextField {
  readonly field: string;
  /** The numbers of what can follow; `outerVlan` is a VLAN tag before another. */
  readonly numbers: Readonly<Partial<Record<LayerKind | "outerVlan", number>>>;
  /** The number for bytes of no known protocol. */
  readonly payload: number;
  /** The number where nothing follows. */
  readonly nothing: number;
}

/** How the field `check` is computed. */
export interface ChecksumRule {
  /** The header with its options, or all bytes from the header on. */
  readonly covers: "header" | "message";
  /** The protocol number in the pseudo-header; absent where there is none. */
  readonly pseudo?: number;
  /** Set where 0 means that there is no checksum, so that a sum of 0 is sent as 0xffff. */
  readonly zeroMeansNone?: true;
}

/** Everything the builders know of a protocol. */
export interface Protocol {
  readonly kind: LayerKind;
  readonly layout: StructLayout;
  readonly defaults: Fields;
  /** Fields that may also be written in another form, such as addresses as text. */
  readonly readers?: Readonly<Record<string, FieldReader>>;
  /** Properties of the builder that are no fields. */
  readonly extras?: readonly string[];
  /** Fields that follow from sizes: that of the header with its options, and that of what comes after. */
  readonly lengths?: (header: number, rest: number) => Fields;
  /** The size of the header with its options, as a received header tells it; else that of the layout. */
  readonly headerSize?: (fields: Fields) => number;
  readonly next?: NextField;
  readonly checksum?: ChecksumRule;
}

const none = new Uint8Array(0);

/** One layer of a packet, made by a builder such as `udp({ dest: 53 })` and put together by `packet`. */
export class Layer {
  readonly protocol: Protocol;
  /** The fields that were given. */
  readonly given: Fields;
  /** Options behind the fields. */
  readonly tail: Uint8Array;

  constructor(protocol: Protocol, given: Fields, tail: Uint8Array) {
    this.protocol = protocol;
    this.given = given;
    this.tail = tail;
  }

  get kind(): LayerKind {
    return this.protocol.kind;
  }
}

/**
 * What a builder was called with, as an object that can be taken apart.
 * @throws DiagnosticError BPF6151
 */
export function propertiesOf<T extends object>(value: T, path: string): T {
  const given: unknown = value;
  if (typeof given !== "object" || given === null || Array.isArray(given) || ArrayBuffer.isView(given)) {
    throw loaderError("valueKind", { message: `${path}: takes an object with fields, not ${describe(given)}` });
  }
  return value;
}

function checkName(protocol: Protocol, name: string): void {
  const names = [...protocol.layout.fields.map((field) => field.name), ...(protocol.extras ?? [])];
  if (names.includes(name)) return;
  const known = `it has ${names.join(", ")}`;
  throw loaderError("unknownField", { message: `${protocol.kind}: there is no field ${describe(name)}; ${known}` });
}

/**
 * A layer with the fields that were given, checked and copied. Fields that are undefined count as not given.
 * @throws DiagnosticError BPF6150–6154 with the path of the field.
 */
export function layerOf(protocol: Protocol, fields: object, tail: Uint8Array = none): Layer {
  const read = new Map<string, unknown>();
  for (const [name, value] of Object.entries(fields)) {
    checkName(protocol, name);
    const reader = Object.hasOwn(protocol.readers ?? {}, name) ? protocol.readers?.[name] : undefined;
    if (value !== undefined) read.set(name, reader ? reader(value, `${protocol.kind}.${name}`) : value);
  }
  const bytes = encode(protocol.layout, Object.fromEntries(read), protocol.kind);
  const values = Object.entries(decode(protocol.layout, bytes, protocol.kind));
  return new Layer(protocol, Object.fromEntries(values.filter(([name]) => read.has(name))), tail);
}
