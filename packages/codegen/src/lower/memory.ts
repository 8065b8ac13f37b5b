// Loads and stores of scalars and bit fields by their layout: sign, byte order, bits. Values are in host order; a store
// truncates to the place. Also copies of whole layouts, with care for places that may overlap.
import type { BitsLayout, FieldLayout, Layout, ScalarLayout, Span } from "@typebpf/abi";
import type { SlotId, ValueId } from "../ir/function.ts";
import { type BitPiece, bitPiece } from "./bits.ts";
import { binary, binaryConstant, constant, load, unary } from "./emit.ts";
import type { SsaBuilder } from "./ssa-builder.ts";

/** A place in memory: a pointer and constant bytes after it. */
export interface Address {
  readonly base: ValueId;
  readonly offset: number;
}

/** A scalar or bit field at an address; `bitOffset` is the field's. */
export interface ScalarPlace extends Address {
  readonly layout: ScalarLayout | BitsLayout;
  readonly bitOffset: number;
}

const swaps = { 2: "swap16", 4: "swap32", 8: "swap64" } as const;
const signExtensions = { 1: "sext8", 2: "sext16", 4: "sext32" } as const;

function swap(build: SsaBuilder, value: ValueId, size: 1 | 2 | 4 | 8, at: Span): ValueId {
  return size === 1 ? value : unary(build, swaps[size], value, at);
}

/** The scalar or bits at `address`, as a member of a struct when `field` is given. */
export function scalarPlace(address: Address, layout: Layout, field: FieldLayout | undefined): ScalarPlace {
  if (layout.kind !== "scalar" && layout.kind !== "bits") throw new Error(`lower: ${layout.kind} used as a scalar`);
  return { ...address, layout, bitOffset: field?.bitOffset ?? 0 };
}

/** How many bits a place holds, and whether they are signed. */
export function bitsOf(layout: ScalarLayout | BitsLayout): { readonly bits: number; readonly signed: boolean } {
  return layout.kind === "scalar"
    ? { bits: layout.size * 8, signed: layout.signed }
    : { bits: layout.count, signed: layout.unit.signed };
}

/** Loads a scalar or bit field. */
export function loadScalar(build: SsaBuilder, place: ScalarPlace, at: Span): ValueId {
  return place.layout.kind === "bits"
    ? loadBits(build, place, place.layout, at)
    : loadWhole(build, place, place.layout, at);
}

function loadWhole(build: SsaBuilder, place: Address, layout: ScalarLayout, at: Span): ValueId {
  const swapped = layout.bigEndian && layout.size > 1;
  const value = load(build, place.base, place.offset, { size: layout.size, signed: layout.signed && !swapped }, at);
  if (!swapped) return value;
  const host = swap(build, value, layout.size, at);
  return layout.signed && layout.size !== 8 ? unary(build, signExtensions[layout.size], host, at) : host;
}

function loadPiece(build: SsaBuilder, place: Address, piece: BitPiece, layout: BitsLayout, at: Span): ValueId {
  const value = load(build, place.base, place.offset + piece.offset, { size: piece.size, signed: false }, at);
  return layout.unit.bigEndian ? swap(build, value, piece.size, at) : value;
}

function loadBits(build: SsaBuilder, place: ScalarPlace, layout: BitsLayout, at: Span): ValueId {
  const piece = bitPiece(layout, place.bitOffset);
  const value = loadPiece(build, place, piece, layout, at);
  if (layout.unit.signed) {
    const up = binaryConstant(build, "shl64", value, 64 - layout.count - piece.shift, at);
    return binaryConstant(build, "ashr64", up, 64 - layout.count, at);
  }
  const down = piece.shift === 0 ? value : binaryConstant(build, "lshr64", value, piece.shift, at);
  const isTop = piece.shift + layout.count === piece.size * 8;
  return isTop ? down : binaryConstant(build, "and64", down, (1n << BigInt(layout.count)) - 1n, at);
}

/** Stores a value, truncated to the place. */
export function storeScalar(build: SsaBuilder, place: ScalarPlace, value: ValueId, at: Span): void {
  if (place.layout.kind === "bits") storeBits(build, place, place.layout, value, at);
  else {
    const { size, bigEndian } = place.layout;
    const stored = bigEndian ? swap(build, value, size, at) : value;
    build.effect({ op: "store", size, offset: place.offset, args: [place.base, stored], at });
  }
}

function storeBits(build: SsaBuilder, place: ScalarPlace, layout: BitsLayout, value: ValueId, at: Span): void {
  const piece = bitPiece(layout, place.bitOffset);
  const mask = (1n << BigInt(layout.count)) - 1n;
  let whole = value;
  if (layout.count !== piece.size * 8) {
    const old = loadPiece(build, place, piece, layout, at);
    const others = BigInt.asUintN(piece.size * 8, ~(mask << BigInt(piece.shift)));
    const kept = binaryConstant(build, "and64", old, others, at);
    const bits = binaryConstant(build, "and64", value, mask, at);
    const placed = piece.shift === 0 ? bits : binaryConstant(build, "shl64", bits, piece.shift, at);
    whole = binary(build, "or64", kept, placed, at);
  }
  const stored = layout.unit.bigEndian ? swap(build, whole, piece.size, at) : whole;
  build.effect({ op: "store", size: piece.size, offset: place.offset + piece.offset, args: [place.base, stored], at });
}

/** The slot that a pointer certainly points into, and where. */
export function slotOf(
  build: SsaBuilder,
  address: Address,
): { readonly slot: SlotId; readonly offset: number } | undefined {
  const definition = build.definition(address.base);
  if (definition?.op === "slot") return { slot: definition.slot, offset: address.offset };
  if (definition?.op !== "ptradd") return undefined;
  const bytes = build.definition(definition.args[1]);
  if (bytes?.op !== "const") return undefined;
  return slotOf(build, {
    base: definition.args[0],
    offset: address.offset + Number(BigInt.asIntN(64, bytes.value)),
  });
}

/** True unless the two places certainly share no byte. */
export function mayAlias(
  build: SsaBuilder,
  left: Address,
  leftSize: number,
  right: Address,
  rightSize: number,
): boolean {
  const types = [build.typeOf(left.base), build.typeOf(right.base)];
  if (types[0] && types[1] && types[0] !== types[1]) return false;
  const [a, b] = [slotOf(build, left), slotOf(build, right)];
  if (a && b && a.slot !== b.slot) return false;
  const [from, to] = a && b ? [a.offset, b.offset] : [left.offset, right.offset];
  const sameBase = a && b ? true : build.resolve(left.base) === build.resolve(right.base);
  return !sameBase || (from < to + rightSize && to < from + leftSize);
}

/** Copies `size` bytes. Packet refs made at different offsets may overlap, so those bytes are all read before the first write. */
export function copyBytes(build: SsaBuilder, target: Address, source: Address, size: number, at: Span): void {
  if (size === 0) return;
  const packets = build.typeOf(target.base) === "ptr.packet" && build.typeOf(source.base) === "ptr.packet";
  if (!packets || !mayAlias(build, target, size, source, size)) {
    build.effect({
      op: "copy",
      size,
      offset: target.offset,
      sourceOffset: source.offset,
      args: [target.base, source.base],
      at,
    });
    return;
  }
  const pieces: { readonly at: number; readonly size: 1 | 2 | 4 | 8; readonly value: ValueId }[] = [];
  for (let done = 0; done < size; ) {
    const piece = ([8, 4, 2, 1] as const).find((one) => one <= size - done) ?? 1;
    const value = load(build, source.base, source.offset + done, { size: piece, signed: false }, at);
    pieces.push({ at: done, size: piece, value });
    done += piece;
  }
  for (const piece of pieces) {
    const offset = target.offset + piece.at;
    build.effect({ op: "store", size: piece.size, offset, args: [target.base, piece.value], at });
  }
}

/** Stores constant bytes, each time as many as alignment and an immediate allow. */
export function storeBytes(build: SsaBuilder, target: Address, bytes: readonly number[], at: Span): void {
  for (let done = 0; done < bytes.length; ) {
    const offset = target.offset + done;
    const size = ([8, 4, 2, 1] as const).find((one) => isStorable(bytes.slice(done, done + one), offset, one)) ?? 1;
    const value = littleEndian(bytes.slice(done, done + size));
    build.effect({ op: "store", size, offset, args: [target.base, constant(build, value, at)], at });
    done += size;
  }
}

/** True for a whole aligned store whose value, sign-extended from 32 bits, fits one instruction. */
function isStorable(bytes: readonly number[], offset: number, size: number): boolean {
  if (bytes.length !== size || offset % size !== 0) return false;
  const value = BigInt.asIntN(64, littleEndian(bytes));
  return size < 8 || BigInt.asIntN(32, value) === value;
}

/** The integer that bytes are in memory. */
export function littleEndian(bytes: readonly number[]): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
