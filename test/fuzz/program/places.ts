// Places in memory: from a ref in scope down to a member, by names and by indices that are proved to be inside.
import { scalarLayouts } from "@typebpf/abi";
import type { Gen, Num } from "./gen.ts";
import { numberIn } from "./ranges.ts";
import type { Reference } from "./scope.ts";
import { type BitsShape, castOf, isWide, type MemoryShape, rangeOf, type ScalarShape, type Shape } from "./shapes.ts";

/** A member that holds an integer. */
export interface Place {
  readonly text: string;
  readonly shape: ScalarShape | BitsShape;
  readonly reference: Reference;
}

/** An expression for an index below the length. */
export function index(g: Gen, length: number): string {
  const counters = g.scope.numbers.filter(({ low, high }) => low >= 0 && high < length);
  if (counters.length > 0 && g.choices.chance(40)) return g.choices.of(counters).name;
  return g.choices.chance(50) ? `${g.choices.pick(length)}` : numberIn(g, 0, length - 1).text;
}

type Wanted = (shape: Shape) => boolean;

/** Whether something wanted lies in a shape. */
function holds(shape: Shape, wanted: Wanted): boolean {
  if (wanted(shape)) return true;
  if (shape.kind === "array") return holds(shape.item, wanted);
  return shape.kind === "struct" && shape.fields.some((field) => holds(field.shape, wanted));
}

function descend(g: Gen, text: string, shape: Shape, wanted: Wanted): { readonly text: string; readonly shape: Shape } {
  const here = wanted(shape);
  if (shape.kind === "struct" && !(here && g.choices.chance(50))) {
    const fields = shape.fields.filter((field) => holds(field.shape, wanted));
    if (fields.length > 0) {
      const field = g.choices.of(fields);
      return descend(g, `${text}.${field.name}`, field.shape, wanted);
    }
  }
  if (shape.kind === "array" && !(here && g.choices.chance(50)) && holds(shape.item, wanted)) {
    return descend(g, `${text.endsWith("?") ? `${text}.` : text}[${index(g, shape.length)}]`, shape.item, wanted);
  }
  return { text, shape };
}

/** What is wanted somewhere in what a ref refers to. */
function find(g: Gen, references: readonly Reference[], like: Wanted): (Place & { shape: Shape }) | undefined {
  const wanted = (shape: Shape): boolean => !(shape.kind === "struct" && shape.isGlobals) && like(shape);
  const able = references.filter(({ shape }) => holds(shape, wanted));
  if (able.length === 0) return undefined;
  const reference = g.choices.of(able);
  const start = reference.shape.kind === "scalar" ? `${reference.text}.value` : reference.text;
  const { text, shape } = descend(g, start, reference.shape, wanted);
  // Globals are names, not members of what holds them.
  return { text: text.replace(/^\./, ""), shape, reference } as Place & { shape: Shape };
}

/** A place of a number or a bigint, to read or to write. */
export function integerPlace(g: Gen, wide: boolean, references = g.scope.references): Place | undefined {
  return find(g, references, (shape) =>
    shape.kind === "scalar" ? isWide(shape) === wide : shape.kind === "bits" && !wide,
  );
}

/** A place where atomic operations work: a native integer of 32 or 64 bits, not in a packet. */
export function atomicPlace(g: Gen, wide: boolean): Place | undefined {
  const able = g.scope.references.filter(({ memory }) => memory !== "packet");
  return find(g, able, (shape) => {
    if (shape.kind !== "scalar") return false;
    const { size, bigEndian, signed } = scalarLayouts[shape.name];
    return !bigEndian && !signed && size === (wide ? 8 : 4);
  });
}

/** A struct or an array inside of what is in scope, itself a ref. */
export function aggregatePlace(g: Gen, wanted: (shape: MemoryShape) => boolean): Reference | undefined {
  const found = find(
    g,
    g.scope.references,
    (shape) => (shape.kind === "struct" || shape.kind === "array") && wanted(shape),
  );
  return found && { ...found.reference, text: found.text, shape: found.shape as unknown as MemoryShape };
}

/** The number at a place. */
export function readNumber({ text, shape }: Place): Num {
  const [low, high] = rangeOf(shape);
  return { text, low, high, plain: false };
}

/** The bigint at a place, as the module's kind. */
export function readBig(g: Gen, { text, shape }: Place): string {
  return shape.kind === "scalar" && castOf(shape) === g.big ? text : `${g.big}(${text})`;
}

/** An expression that may be stored into a number's place without being cut off where `exact`. */
export function storable(g: Gen, shape: ScalarShape | BitsShape): string {
  const [low, high] = rangeOf(shape);
  if (shape.kind === "bits") {
    const value = numberIn(g, low, high);
    return value.plain && !value.constant ? value.text : value.constant ? value.text : `(${value.text} & ${high})`;
  }
  if (g.choices.chance(40)) {
    const value = numberIn(g, low, high);
    if (value.plain) return value.text;
  }
  return `${castOf(shape)}(${g.number().text})`;
}

/**
 * An expression for a member of any shape; a literal for aggregates. `typed`: a list must have the type of the array, as
 * it need not in the arguments of a constructor.
 */
export function initialiser(g: Gen, shape: Shape, typed = false): string {
  switch (shape.kind) {
    case "bits":
      return storable(g, shape);
    case "scalar":
      return isWide(shape) ? bigFor(g, shape) : storable(g, shape);
    case "array": {
      const same = g.choices.chance(40) ? aggregatePlace(g, (one) => one === shape) : undefined;
      if (same) return same.text;
      const list = `[${Array.from({ length: shape.length }, () => initialiser(g, shape.item)).join(", ")}]`;
      return typed ? `${shape.schema}(${list})` : list;
    }
    case "struct": {
      const same = g.choices.chance(40) ? aggregatePlace(g, (one) => one === shape) : undefined;
      if (same && (shape.union || g.choices.chance(60))) return same.text;
      if (shape.union) {
        const { name, shape: member } = g.choices.of(shape.fields);
        const literal = `{ ${name}: ${initialiser(g, member)} }`;
        return typed ? `${shape.schema}(${literal})` : literal;
      }
      const fields = same ? g.choices.some(shape.fields, 40) : shape.fields;
      const members = fields.map((field) => `${field.name}: ${initialiser(g, field.shape, typed)}`);
      return `{ ${[...(same ? [`...${same.text}`] : []), ...members].join(", ")} }`;
    }
  }
}

/** A bigint for a field of one sign. */
export function bigFor(g: Gen, shape: ScalarShape): string {
  const cast = castOf(shape);
  const { text } = g.bigint();
  return cast === g.big ? text : `${cast}(${text})`;
}
