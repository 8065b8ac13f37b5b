// How a value lies in memory: what a DSL schema stands for, and what every map carries in a BpfObject. Plain data.
// Sizes, offsets and alignments are in bytes and follow the C ABI of 64-bit little-endian Linux: a field is aligned to
// its own alignment, a struct to that of its widest member, and its size is a multiple of its alignment.
//
//   bit fields:  native units count from the least significant bit, big-endian units from the most significant.

/** An integer in memory. `bigEndian` is about memory only: expressions always see host order. */
export interface ScalarLayout {
  readonly kind: "scalar";
  /** As written in the DSL: "u8", "i32", "u16be", … */
  readonly name: string;
  readonly size: 1 | 2 | 4 | 8;
  readonly align: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly bigEndian: boolean;
}

/** `count` bits of a storage unit; only as a member of a struct. */
export interface BitsLayout {
  readonly kind: "bits";
  readonly unit: ScalarLayout;
  readonly count: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly align: 1 | 2 | 4 | 8;
}

/** `length` items one after another, `item.size` bytes apart. */
export interface ArrayLayout {
  readonly kind: "array";
  readonly item: Layout;
  readonly length: number;
  readonly size: number;
  readonly align: number;
}

/** One member of a struct. For bit fields `offset` is that of the storage unit and `bitOffset` counts within it. */
export interface FieldLayout {
  readonly name: string;
  readonly offset: number;
  readonly layout: Layout;
  /** Only for bit fields: distance from the least (native) or most (big-endian) significant bit of the unit. */
  readonly bitOffset?: number;
}

/**
 * Named members at fixed offsets; bytes that belong to no member are padding and are always zero when we write. Those of
 * a union all begin at its first byte.
 */
export interface StructLayout {
  readonly kind: "struct";
  readonly name: string;
  /** Present for a union: the members share their bytes. */
  readonly union?: true;
  readonly fields: readonly FieldLayout[];
  readonly size: number;
  readonly align: number;
}

export type Layout = ScalarLayout | BitsLayout | ArrayLayout | StructLayout;

function scalar(name: string, size: 1 | 2 | 4 | 8, signed: boolean, bigEndian = false): ScalarLayout {
  return { kind: "scalar", name, size, align: size, signed, bigEndian };
}

/** Every scalar of the DSL, by name. */
export const scalarLayouts = {
  u8: scalar("u8", 1, false),
  u16: scalar("u16", 2, false),
  u32: scalar("u32", 4, false),
  u64: scalar("u64", 8, false),
  i8: scalar("i8", 1, true),
  i16: scalar("i16", 2, true),
  i32: scalar("i32", 4, true),
  i64: scalar("i64", 8, true),
  u16be: scalar("u16be", 2, false, true),
  u32be: scalar("u32be", 4, false, true),
  u64be: scalar("u64be", 8, false, true),
} as const satisfies Readonly<Record<string, ScalarLayout>>;

/** The name of a scalar of the DSL. */
export type ScalarName = keyof typeof scalarLayouts;

/** An array of `length` items. */
export function arrayLayout(item: Layout, length: number): ArrayLayout {
  return { kind: "array", item, length, size: item.size * length, align: item.align };
}

/** `count` bits of a storage unit. */
export function bitsLayout(unit: ScalarLayout, count: number): BitsLayout {
  return { kind: "bits", unit, count, size: unit.size, align: unit.align };
}

function alignUp(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}

/** Where the next member may begin: bits from the struct's start, and the big-endian unit that still has room. */
interface Position {
  bit: number;
  open: { readonly unit: ScalarLayout; readonly offset: number; used: number } | undefined;
}

function placeWhole(name: string, layout: Layout, position: Position): FieldLayout {
  const offset = alignUp(Math.ceil(position.bit / 8), layout.align);
  position.bit = (offset + layout.size) * 8;
  position.open = undefined;
  return { name, offset, layout };
}

/** As in C: the next free bit, unless the field would cross a boundary of its unit; so units may overlap. */
function placeNativeBits(name: string, layout: BitsLayout, position: Position): FieldLayout {
  const unit = layout.size * 8;
  const fits = (position.bit % unit) + layout.count <= unit;
  const start = fits ? position.bit : alignUp(position.bit, unit);
  position.bit = start + layout.count;
  position.open = undefined;
  return { name, offset: Math.floor(start / unit) * layout.size, layout, bitOffset: start % unit };
}

/** C has no such thing: adjacent fields of one unit type share units of their own, which nothing else overlaps. */
function placeBigEndianBits(name: string, layout: BitsLayout, position: Position): FieldLayout {
  let { open } = position;
  if (!open || open.unit.name !== layout.unit.name || open.used + layout.count > layout.size * 8) {
    const offset = alignUp(Math.ceil(position.bit / 8), layout.align);
    open = { unit: layout.unit, offset, used: 0 };
  }
  const bitOffset = open.used;
  open.used += layout.count;
  position.open = open;
  position.bit = (open.offset + layout.size) * 8;
  return { name, offset: open.offset, layout, bitOffset };
}

function place(name: string, layout: Layout, position: Position): FieldLayout {
  if (layout.kind !== "bits") return placeWhole(name, layout, position);
  return layout.unit.bigEndian ? placeBigEndianBits(name, layout, position) : placeNativeBits(name, layout, position);
}

/**
 * Lays out a struct as C does on 64-bit little-endian Linux, bit fields of native units included; those of big-endian
 * units fill units of their own from the most significant bit.
 */
export function structLayout(name: string, members: Readonly<Record<string, Layout>>): StructLayout {
  const position: Position = { bit: 0, open: undefined };
  const fields = Object.entries(members).map(([field, layout]) => place(field, layout, position));
  const align = Math.max(1, ...fields.map((field) => field.layout.align));
  return { kind: "struct", name, fields, size: alignUp(Math.ceil(position.bit / 8), align), align };
}

/** Lays out a union as C does: every member at the start, the size and alignment of the widest. */
export function unionLayout(name: string, members: Readonly<Record<string, Layout>>): StructLayout {
  const fields = Object.entries(members).map(([field, layout]) => place(field, layout, { bit: 0, open: undefined }));
  const align = Math.max(1, ...fields.map((field) => field.layout.align));
  const size = alignUp(Math.max(0, ...fields.map(({ layout }) => layout.size)), align);
  return { kind: "struct", name, union: true, fields, size, align };
}

/** The most bytes that the address of a prefix key has (LPM_DATA_SIZE_MAX of kernel/bpf/lpm_trie.c). */
export const MAX_PREFIX_ADDRESS = 256;

/**
 * The address of a prefix key, the key of a longest-prefix-match trie: a struct of `prefixLength`, a native u32, and
 * right behind it the `address`. Undefined for any other layout.
 */
export function prefixAddress(key: Layout): Layout | undefined {
  if (key.kind !== "struct" || key.union || key.fields.length !== 2) return undefined;
  const [length, address] = key.fields;
  if (length?.name !== "prefixLength" || address?.name !== "address" || address.offset !== 4) return undefined;
  return length.layout.kind === "scalar" && length.layout.name === "u32" ? address.layout : undefined;
}
