// Puts layers and payload together, from the last to the first, so that each header knows what follows it: lengths,
// the number of the next layer and checksums are filled in where nobody gave them.
import { describe, encode, integerRange } from "../codec.ts";
import { loaderError } from "../diagnostics.ts";
import { internetChecksum, pseudoHeader } from "./checksum.ts";
import { packetError } from "./diagnostics.ts";
import { type Fields, Layer } from "./layer.ts";

/** Payload: text as UTF-8, bytes, or a number of zero bytes. */
export type Payload = string | Uint8Array | number;

/** A payload of zeros has a limit, so that a slip of the pen does not fill the memory. */
const maxZeros = 0x100000;

type Piece = Layer | Uint8Array;

function pieceOf(part: unknown, index: number): Piece {
  if (part instanceof Layer || part instanceof Uint8Array) return part;
  if (typeof part === "string") return new TextEncoder().encode(part);
  if (typeof part !== "number")
    throw packetError("part", `part ${index + 1}`, `${describe(part)} is no part of a packet`);
  if (Number.isInteger(part) && part >= 0 && part <= maxZeros) return new Uint8Array(part);
  const wanted = `a number of bytes from 0 to ${maxZeros}`;
  throw loaderError("valueRange", { message: `part ${index + 1}: takes ${wanted}, not ${part}` });
}

function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** What a layer stands between. */
interface Place {
  readonly before: readonly Piece[];
  readonly after: readonly Piece[];
  /** The bytes of all that comes after. */
  readonly rest: Uint8Array;
}

function nextNumber({ protocol, given }: Layer, { after, rest }: Place): Fields {
  const { next } = protocol;
  if (!next || given[next.field] !== undefined) return {};
  const [first, second] = after;
  if (!(first instanceof Layer)) return { [next.field]: rest.length > 0 ? next.payload : next.nothing };
  const outer = first.kind === "vlan" && second instanceof Layer && second.kind === "vlan";
  const number = next.numbers[outer ? "outerVlan" : first.kind];
  if (number !== undefined) return { [next.field]: number };
  throw packetError("order", `${protocol.kind}.${next.field}`, `there is no number for ${first.kind}`);
}

function lengthsOf({ protocol, given, tail }: Layer, rest: number): Fields {
  const lengths = protocol.lengths?.(protocol.layout.size + tail.length, rest) ?? {};
  for (const { name, layout } of protocol.layout.fields) {
    const length = lengths[name];
    if (typeof length !== "number" || given[name] !== undefined) continue;
    const [, max] = integerRange(layout.kind === "bits" ? layout.count : layout.size * 8, false);
    if (length > max) throw packetError("length", `${protocol.kind}.${name}`, `${length} is more than ${max}`);
  }
  return lengths;
}

/** Source and destination of the last IP layer, as they lie in its header: its last fields. */
function addressesBefore(layer: Layer, before: readonly Piece[]): Uint8Array {
  for (const piece of before.toReversed()) {
    if (!(piece instanceof Layer) || (piece.kind !== "ipv4" && piece.kind !== "ipv6")) continue;
    const { layout, defaults } = piece.protocol;
    const header = encode(layout, { ...defaults, ...piece.given }, piece.kind);
    return header.subarray(layout.fields.find((field) => field.name === "saddr")?.offset);
  }
  throw packetError("addresses", `${layer.kind}.check`, "there is no ipv4() or ipv6() before this layer");
}

function fillChecksum(layer: Layer, bytes: Uint8Array<ArrayBuffer>, before: readonly Piece[]): void {
  const { layout, checksum } = layer.protocol;
  const offset = layout.fields.find((field) => field.name === "check")?.offset;
  if (!checksum || offset === undefined || layer.given.check !== undefined) return;
  const covered = checksum.covers === "header" ? bytes.subarray(0, layout.size + layer.tail.length) : bytes;
  const pseudo =
    checksum.pseudo === undefined
      ? new Uint8Array(0)
      : pseudoHeader(addressesBefore(layer, before), checksum.pseudo, bytes.length);
  const sum = internetChecksum(pseudo, covered);
  new DataView(bytes.buffer).setUint16(offset, sum === 0 && checksum.zeroMeansNone ? 0xffff : sum);
}

function finish(layer: Layer, place: Place): Uint8Array<ArrayBuffer> {
  const { protocol, given, tail } = layer;
  const computed = { ...lengthsOf(layer, place.rest.length), ...nextNumber(layer, place) };
  const header = encode(protocol.layout, { ...protocol.defaults, ...computed, ...given }, protocol.kind);
  const bytes = concat(header, tail, place.rest);
  fillChecksum(layer, bytes, place.before);
  return bytes;
}

/**
 * A packet of layers and payload: `packet(ethernet(), ipv4({ saddr: "10.0.0.1" }), udp({ dest: 53 }), "payload")`.
 * Bytes may also stand between layers, for protocols without a builder.
 * @throws DiagnosticError BPF6190–6193
 */
export function packet(...parts: readonly (Layer | Payload)[]): Uint8Array<ArrayBuffer> {
  const pieces = parts.map(pieceOf);
  return pieces.reduceRight<Uint8Array<ArrayBuffer>>((rest, piece, index) => {
    if (!(piece instanceof Layer)) return concat(piece, rest);
    return finish(piece, { before: pieces.slice(0, index), after: pieces.slice(index + 1), rest });
  }, new Uint8Array(0));
}
