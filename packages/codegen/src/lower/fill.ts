// Filling memory from initialisers: struct and array literals, spreads, whole values. Everything is evaluated first,
// left to right, and stored after it, as JavaScript evaluates a literal before it assigns. What a later part could change
// before it is stored is saved on the stack.
import {
  type ArrayLayout,
  countLocks,
  type FieldLayout,
  type Layout,
  type Span,
  type StructLayout,
} from "@typebpf/abi";
import type { Expr, Initializer, StructPart } from "../ast/nodes.ts";
import type { ValueId } from "../ir/function.ts";
import { type Cell, idOf, readCell, type Value } from "./cells.ts";
import { changesMemory } from "./effects.ts";
import { assertFits } from "./fits.ts";
import type { Lowering } from "./lowering.ts";
import {
  type Address,
  copyBytes,
  loadScalar,
  mayAlias,
  scalarPlace,
  slotOf,
  storeBytes,
  storeScalar,
} from "./memory.ts";
import { refAddress, stackPlace } from "./places.ts";
import { byteRanges, covered, gaps, hasPadding, isSameLayout, lies } from "./ranges-of-layout.ts";

/** One store, already evaluated; offsets are from the start of the memory to fill. */
type Action =
  | {
      readonly kind: "scalar";
      readonly offset: number;
      readonly layout: Layout;
      readonly field: FieldLayout | undefined;
      readonly value: ValueId;
      readonly at: Span;
    }
  | {
      readonly kind: "copy";
      readonly offset: number;
      readonly size: number;
      readonly source: Address;
      readonly at: Span;
    }
  | { readonly kind: "zero"; readonly offset: number; readonly size: number; readonly at: Span }
  | {
      readonly kind: "bytes";
      readonly offset: number;
      readonly size: number;
      readonly bytes: readonly number[];
      readonly at: Span;
    };

interface Fill {
  readonly l: Lowering;
  readonly actions: Action[];
  /** The memory that is filled, where it exists before the evaluation. */
  readonly target: { readonly address: Address; readonly size: number } | undefined;
  /** True while a later part may change memory, so that what is copied must be saved. */
  unstable: boolean;
}

/** Fills fresh memory of a layout whole; bytes that nothing initialises become zero. */
export function fillFresh(
  l: Lowering,
  address: Address,
  layout: Layout,
  init: Initializer | undefined,
  at: Span,
): void {
  const fill: Fill = { l, actions: [], target: undefined, unstable: false };
  const own = slotOf(l.build, address);
  if (own?.offset === 0) l.clean.set(own.slot, layout);
  if (init) zeroGaps(fill, layout, 0, { at }, () => whole(fill, init, layout, undefined, 0));
  else fill.actions.push({ kind: "zero", offset: 0, size: layout.size, at });
  run(l, address, fill.actions);
}

/** Assigns a whole value of a layout to existing memory. */
export function fillPlace(l: Lowering, address: Address, layout: Layout, init: Initializer): void {
  const fill: Fill = { l, actions: [], target: { address, size: layout.size }, unstable: false };
  whole(fill, init, layout, undefined, 0);
  run(l, address, fill.actions);
}

/** Assigns the given parts of a struct and leaves its other members as they are. */
export function fillParts(
  l: Lowering,
  address: Address,
  layout: StructLayout,
  parts: readonly StructPart[],
  at: Span,
): void {
  const fill: Fill = { l, actions: [], target: { address, size: layout.size }, unstable: false };
  structParts(fill, parts, layout, 0, at);
  run(l, address, fill.actions);
}

function run(l: Lowering, address: Address, actions: readonly Action[]): void {
  const { build } = l;
  for (const action of actions) {
    const to: Address = { base: address.base, offset: address.offset + action.offset };
    switch (action.kind) {
      case "scalar":
        storeScalar(build, scalarPlace(to, action.layout, action.field), action.value, action.at);
        break;
      case "copy":
        copyBytes(build, to, action.source, action.size, action.at);
        break;
      case "zero":
        build.effect({ op: "zero", size: action.size, offset: to.offset, args: [to.base], at: action.at });
        break;
      case "bytes":
        storeBytes(build, to, action.bytes, action.at);
        break;
    }
  }
}

function whole(fill: Fill, init: Initializer, layout: Layout, field: FieldLayout | undefined, offset: number): void {
  switch (init.kind) {
    case "value":
      value(fill, init.value, layout, field, offset);
      break;
    case "struct":
      if (layout.kind !== "struct") throw new Error(`lower: a struct literal fills ${layout.kind}`);
      zeroGaps(fill, layout, offset, init, () => structParts(fill, init.parts, layout, offset, init.at));
      break;
    case "bytes": {
      const { bytes, at } = init;
      zeroGaps(fill, layout, offset, init, () => {
        fill.actions.push({ kind: "bytes", offset, size: bytes.length, bytes, at });
      });
      break;
    }
    case "array":
      if (layout.kind !== "array") throw new Error(`lower: an array literal fills ${layout.kind}`);
      zeroGaps(fill, layout, offset, init, () => arrayItems(fill, init.items, layout, offset));
      break;
  }
}

/** Zeroes what the actions of `body` leave, before them. */
function zeroGaps(fill: Fill, layout: Layout, offset: number, init: { readonly at: Span }, body: () => void): void {
  const start = fill.actions.length;
  body();
  const written = fill.actions.slice(start).flatMap((action) => {
    if (action.kind !== "scalar") return [{ start: action.offset - offset, end: action.offset - offset + action.size }];
    const isBits = action.layout.kind === "bits";
    return isBits ? [] : [{ start: action.offset - offset, end: action.offset - offset + action.layout.size }];
  });
  const zeros = gaps(layout.size, covered(written)).map((gap): Action => {
    return { kind: "zero", offset: offset + gap.start, size: gap.end - gap.start, at: init.at };
  });
  fill.actions.splice(start, 0, ...zeros);
}

function value(fill: Fill, expr: Expr, layout: Layout, field: FieldLayout | undefined, offset: number): void {
  if (expr.kind === "construct" && isSameLayout(expr.layout, layout)) {
    if (expr.init) whole(fill, expr.init, layout, field, offset);
    else fill.actions.push({ kind: "zero", offset, size: layout.size, at: expr.at });
    return;
  }
  if (layout.kind === "scalar" || layout.kind === "bits") {
    const id = fill.l.scalar(expr);
    assertFits(fill.l.build, id, expr, layout, field?.name ?? layout.kind, expr.at);
    fill.actions.push({ kind: "scalar", offset, layout, field, value: id, at: expr.at });
    return;
  }
  copyFrom(fill, refAddress(fill.l, expr), layout, offset, expr.at);
}

/** What is larger is no key and never lies on the stack, so its padding may be copied. */
const largestWithPadding = 4096;

/** True where the padding is certainly zero: of memory that was filled as this layout, and not seen as another. */
function hasCleanPadding(l: Lowering, from: Address, layout: Layout): boolean {
  const own = slotOf(l.build, from);
  const made = own && l.clean.get(own.slot);
  return made !== undefined && lies(layout, made, own?.offset ?? 0);
}

/** Copies a layout; its padding, which in memory that others wrote may hold anything, becomes zero. */
function copyFrom(fill: Fill, from: Address, layout: Layout, offset: number, at: Span): void {
  const source = stable(fill, from, layout, at);
  const isLockFree = countLocks(layout) === 0;
  const isClean = hasCleanPadding(fill.l, from, layout) || (layout.size > largestWithPadding && isLockFree);
  const ranges = hasPadding(layout) && !isClean ? byteRanges(layout) : [{ start: 0, end: layout.size }];
  for (const { start, end } of isLockFree ? gaps(layout.size, ranges) : [])
    fill.actions.push({ kind: "zero", offset: offset + start, size: end - start, at });
  for (const { start, end } of ranges) {
    const piece: Address = { base: source.base, offset: source.offset + start };
    fill.actions.push({ kind: "copy", offset: offset + start, size: end - start, source: piece, at });
  }
}

/** The source itself, or a copy of it where it could change before it is stored. */
function stable(fill: Fill, source: Address, layout: Layout, at: Span): Address {
  const { l, target } = fill;
  const overlaps = target && mayAlias(l.build, target.address, target.size, source, layout.size);
  if (!fill.unstable && !overlaps) return source;
  const copy = stackPlace(l, layout, "(temporary)", at);
  const ranges = countLocks(layout) > 0 ? byteRanges(layout) : [{ start: 0, end: layout.size }];
  for (const { start, end } of ranges) {
    const [to, from] = [copy, source].map(({ base, offset }) => ({ base, offset: offset + start }));
    if (to && from) copyBytes(l.build, to, from, end - start, at);
  }
  return copy;
}

function isUnstable(parts: readonly StructPart[], from: number): boolean {
  return parts.slice(from).some((part) => changesMemory(part));
}

function structParts(fill: Fill, parts: readonly StructPart[], layout: StructLayout, offset: number, at: Span): void {
  const outer = fill.unstable;
  parts.forEach((part, index) => {
    fill.unstable = outer || isUnstable(parts, index + 1);
    if (part.kind === "field") whole(fill, part.value, part.field.layout, part.field, offset + part.field.offset);
    else spread(fill, part.source, layout, offset, at);
  });
  fill.unstable = outer;
}

function arrayItems(fill: Fill, items: readonly Initializer[], layout: ArrayLayout, offset: number): void {
  const outer = fill.unstable;
  items.forEach((item, index) => {
    fill.unstable = outer || items.slice(index + 1).some((later) => changesMemory(later));
    whole(fill, item, layout.item, undefined, offset + index * layout.item.size);
  });
  fill.unstable = outer;
}

function spread(fill: Fill, source: Expr, layout: StructLayout, offset: number, at: Span): void {
  const { l } = fill;
  if (source.type.kind === "nothing") {
    l.discard(source);
    return;
  }
  if (source.type.kind === "ref" && source.type.layout.kind === "struct") {
    const from = refAddress(l, source);
    const given = source.type.layout;
    if (isSameLayout(given, layout)) copyFrom(fill, from, layout, offset, source.at);
    else spreadStruct(fill, from, given, layout, offset, source.at);
    return;
  }
  const record = l.expr(source);
  if (record.kind !== "record") throw new Error("lower: a spread of what is neither struct nor record");
  for (const field of layout.fields) {
    const cell = record.members.get(field.name);
    if (cell) spreadMember(fill, cell, field, offset, at);
  }
}

function spreadStruct(
  fill: Fill,
  from: Address,
  given: StructLayout,
  layout: StructLayout,
  offset: number,
  at: Span,
): void {
  const { build } = fill.l;
  for (const field of layout.fields) {
    const source = given.fields.find((one) => one.name === field.name);
    if (!source) continue;
    const place: Address = { base: from.base, offset: from.offset + source.offset };
    if (field.layout.kind === "struct" || field.layout.kind === "array") {
      copyFrom(fill, place, field.layout, offset + field.offset, at);
      continue;
    }
    const loaded = loadScalar(build, scalarPlace(place, source.layout, source), at);
    fill.actions.push({
      kind: "scalar",
      offset: offset + field.offset,
      layout: field.layout,
      field,
      value: loaded,
      at,
    });
  }
}

function spreadMember(fill: Fill, cell: Cell, field: FieldLayout, offset: number, at: Span): void {
  const member: Value = readCell(fill.l.build, cell);
  const id = idOf(member);
  if (field.layout.kind === "struct" || field.layout.kind === "array") {
    copyFrom(fill, { base: id, offset: 0 }, field.layout, offset + field.offset, at);
    return;
  }
  assertFits(fill.l.build, id, undefined, field.layout, field.name, at);
  fill.actions.push({ kind: "scalar", offset: offset + field.offset, layout: field.layout, field, value: id, at });
}
