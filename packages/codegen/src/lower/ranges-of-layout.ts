// Which bytes of a layout belong to members, and which to nobody: padding, and locks, which only the kernel touches. Ranges are half open, sorted, and merged.
import { isSpinLock, type Layout } from "@typebpf/abi";

/** Bytes start…end-1. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Sorts and merges ranges. */
export function covered(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const merged: { start: number; end: number }[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else if (range.end > range.start) merged.push({ ...range });
  }
  return merged;
}

/** What merged ranges leave of 0…size-1. */
export function gaps(size: number, ranges: readonly ByteRange[]): readonly ByteRange[] {
  const result: ByteRange[] = [];
  let at = 0;
  for (const range of ranges) {
    if (range.start > at) result.push({ start: at, end: range.start });
    at = Math.max(at, range.end);
  }
  if (at < size) result.push({ start: at, end: size });
  return result;
}

function collect(layout: Layout, offset: number): readonly ByteRange[] {
  switch (layout.kind) {
    case "scalar":
    case "bits":
      return [{ start: offset, end: offset + layout.size }];
    case "struct":
      if (isSpinLock(layout)) return [];
      return layout.fields.flatMap((field) => collect(field.layout, offset + field.offset));
    case "array": {
      if (!hasPadding(layout.item)) return [{ start: offset, end: offset + layout.size }];
      return Array.from({ length: layout.length }, (_, index) =>
        collect(layout.item, offset + index * layout.item.size),
      ).flat();
    }
  }
}

/** The bytes of a layout that belong to members. */
export function byteRanges(layout: Layout): readonly ByteRange[] {
  return covered(collect(layout, 0));
}

/** True when some byte belongs to no member. */
export function hasPadding(layout: Layout): boolean {
  switch (layout.kind) {
    case "scalar":
    case "bits":
      return false;
    case "array":
      return hasPadding(layout.item);
    case "struct":
      return gaps(layout.size, byteRanges(layout)).length > 0;
  }
}

/** True when two layouts are the same memory: same members at the same places, with the same names. */
export function isSameLayout(a: Layout, b: Layout): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  if (a.kind === "scalar") return b.kind === "scalar" && a.signed === b.signed && a.bigEndian === b.bigEndian;
  if (a.kind === "bits") return b.kind === "bits" && a.count === b.count && isSameLayout(a.unit, b.unit);
  if (a.kind === "array") return b.kind === "array" && a.length === b.length && isSameLayout(a.item, b.item);
  if (b.kind !== "struct" || a.union !== b.union || a.fields.length !== b.fields.length) return false;
  return a.fields.every((field, index) => {
    const other = b.fields[index];
    if (!other || field.name !== other.name || field.offset !== other.offset) return false;
    return field.bitOffset === other.bitOffset && isSameLayout(field.layout, other.layout);
  });
}

/** True when a `layout` lies at `offset` of another, so that bytes of no member there are bytes of no member of the whole. */
export function lies(layout: Layout, whole: Layout, offset: number): boolean {
  if (offset === 0 && isSameLayout(layout, whole)) return true;
  if (whole.kind === "array") return offset < whole.size && lies(layout, whole.item, offset % whole.item.size);
  if (whole.kind !== "struct" || whole.union) return false;
  return whole.fields.some((field) => {
    const within = offset - field.offset;
    return within >= 0 && within < field.layout.size && lies(layout, field.layout, within);
  });
}
