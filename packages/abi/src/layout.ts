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

/** Named members at fixed offsets; bytes that belong to no member are padding and are always zero when we write. */
export interface StructLayout {
  readonly kind: "struct";
  readonly name: string;
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

interface OpenUnit {
  readonly unit: ScalarLayout;
  readonly offset: number;
  used: number;
}

/**
 * Lays out a struct. Adjacent bit fields of the same unit type share a storage unit while they fit; the next one that
 * does not fit, and any other member, begins a new aligned unit.
 */
export function structLayout(name: string, members: Readonly<Record<string, Layout>>): StructLayout {
  const fields: FieldLayout[] = [];
  let end = 0;
  let align = 1;
  let open: OpenUnit | undefined;
  for (const [field, layout] of Object.entries(members)) {
    align = Math.max(align, layout.align);
    if (layout.kind !== "bits") {
      const offset = alignUp(end, layout.align);
      fields.push({ name: field, offset, layout });
      end = offset + layout.size;
      open = undefined;
      continue;
    }
    if (!open || open.unit.name !== layout.unit.name || open.used + layout.count > layout.size * 8) {
      const offset = alignUp(end, layout.align);
      open = { unit: layout.unit, offset, used: 0 };
      end = offset + layout.size;
    }
    fields.push({ name: field, offset: open.offset, layout, bitOffset: open.used });
    open.used += layout.count;
  }
  return { kind: "struct", name, fields, size: alignUp(end, align), align };
}
