// Buffers on the stack, typed access to their bytes at any offset, views of parts of any bytes, comparisons and copies.
import type { ScalarName } from "@typebpf/abi";
import type { Big, Gen, Num, Row } from "./gen.ts";
import { bigFor, index } from "./places.ts";
import { numberIn } from "./ranges.ts";
import type { Buffer, Reference } from "./scope.ts";
import { type ArrayShape, isWide, type MemoryShape, rangeOf, roomOf, type ScalarShape, schemaOf } from "./shapes.ts";

const mostBuffers = 2;

const constructors = [
  ["Uint8Array", "u8"],
  ["Uint8Array", "u8"],
  ["Int8Array", "i8"],
  ["Uint16Array", "u16"],
  ["Int16Array", "i16"],
  ["Uint32Array", "u32"],
  ["Int32Array", "i32"],
  ["BigUint64Array", "u64"],
  ["BigInt64Array", "i64"],
] as const satisfies readonly (readonly [string, ScalarName])[];

/** A typed array, with a DataView over it. */
function buffer(g: Gen): string | undefined {
  if (g.scope.buffers.length >= mostBuffers) return undefined;
  const [maker, name] = g.choices.of(constructors);
  const item: ScalarShape = { kind: "scalar", name };
  const length = g.choices.of([3, 4, 8, 16].filter((count) => count * roomOf(item) <= 32));
  const text = g.name("buffer");
  const shape: ArrayShape = { kind: "array", item, length, schema: maker };
  g.scope.references.push({ text, shape, memory: "stack", buffer: true });
  const data = g.name("data");
  const from = g.choices.pick(3);
  g.scope.buffers.push({ data, size: length * roomOf(item) - from, array: text });
  return `const ${text} = new ${maker}(${length});\nconst ${data} = new DataView(${text}.buffer${from > 0 ? `, ${from}` : ""});`;
}

const accesses = [
  ["Uint8", "u8"],
  ["Int8", "i8"],
  ["Uint16", "u16"],
  ["Int16", "i16"],
  ["Uint32", "u32"],
  ["Int32", "i32"],
] as const satisfies readonly (readonly [string, ScalarName])[];

interface Access {
  /** `data.getUint16`, without what is before the method's second word. */
  readonly type: string;
  readonly shape: ScalarShape;
  readonly data: string;
  /** The offset, and the order of bytes after the value. */
  readonly at: string;
  readonly order: string;
}

function access(g: Gen, wide: boolean): Access | undefined {
  const { buffers } = g.scope;
  if (buffers.length === 0) return undefined;
  const { data, size }: Buffer = g.choices.of(buffers);
  const [type, name] = wide ? ([g.world.signed ? "BigInt64" : "BigUint64", g.big] as const) : g.choices.of(accesses);
  const shape: ScalarShape = { kind: "scalar", name };
  const room = roomOf(shape);
  if (room > size) return undefined;
  const at = index(g, size - room + 1);
  return { type, shape, data, at, order: room === 1 ? "" : g.choices.of(["", ", true", ", false"]) };
}

function get(g: Gen): Num | undefined {
  const found = access(g, false);
  if (!found) return undefined;
  const { type, shape, data, at, order } = found;
  const [low, high] = rangeOf(shape);
  return { text: `${data}.get${type}(${at}${order})`, low, high, plain: false };
}

function getBig(g: Gen): Big | undefined {
  const found = access(g, true);
  return found && { text: `${g.big}(${found.data}.get${found.type}(${found.at}${found.order}))` };
}

function set(g: Gen): string | undefined {
  const wide = g.choices.chance(25);
  const found = access(g, wide);
  if (!found) return undefined;
  const { type, shape, data, at, order } = found;
  const value = wide ? bigFor(g, shape) : g.number().text;
  return `${data}.set${type}(${at}, ${value}${order});`;
}

/** Arrays of bytes: what `view`, `copy` and comparisons take. */
function bytes(g: Gen): Reference | undefined {
  const able = g.scope.references.filter(
    ({ shape }) => shape.kind === "array" && shape.item.kind === "scalar" && shape.item.name === "u8",
  );
  return able.length > 0 ? g.choices.of(able) : undefined;
}

function lengthOf({ shape }: Reference): number {
  return shape.kind === "array" ? shape.length : 0;
}

/** A schema over part of some bytes. */
function part(g: Gen): string | undefined {
  const whole = bytes(g);
  if (!whole) return undefined;
  const fitting = (g.world.schemas as readonly MemoryShape[])
    .concat({ kind: "scalar", name: "u16be" }, { kind: "scalar", name: "u32" }, { kind: "scalar", name: "i16" })
    .filter((shape) => roomOf(shape) <= lengthOf(whole));
  if (fitting.length === 0) return undefined;
  const shape = g.choices.of(fitting);
  const name = g.name("part");
  const at = index(g, lengthOf(whole) - roomOf(shape) + 1);
  g.scope.references.push({ text: name, shape, memory: whole.memory, part: true });
  return `const ${name} = view(${whole.text}, ${at}, ${schemaOf(shape)});`;
}

function fill(g: Gen): string | undefined {
  const able = g.scope.references.filter(({ buffer: isBuffer }) => isBuffer);
  if (able.length === 0) return undefined;
  const { text, shape } = g.choices.of(able);
  if (shape.kind !== "array" || shape.item.kind !== "scalar") return undefined;
  const [low, high] = isWide(shape.item) ? [0, 0] : rangeOf(shape.item);
  return `${text}.fill(${isWide(shape.item) ? bigFor(g, shape.item) : numberIn(g, low, high).text});`;
}

function copy(g: Gen): string | undefined {
  const [target, source] = [bytes(g), bytes(g)];
  if (!target || !source || lengthOf(target) < lengthOf(source) || target.text === source.text) return undefined;
  // Between refs that may overlap it would matter in which order.
  if (target.memory === source.memory && target.memory !== "stack") return undefined;
  return `copy(${target.text}, ${source.text});`;
}

function compare(g: Gen): string | undefined {
  const [left, right] = [bytes(g), bytes(g)];
  if (!left || !right) return undefined;
  if (lengthOf(left) === lengthOf(right) && g.choices.chance(60)) return `bytesEqual(${left.text}, ${right.text})`;
  const text = g.choices.of(["\\x00", "\\x01\\x02", "\\xff\\xff\\xff", "GET"]);
  const length = text.replaceAll(/\\x../g, "x").length;
  return length <= lengthOf(left) ? `startsWith(${left.text}, "${text}")` : undefined;
}

export const bufferNumbers: readonly Row<Num>[] = [
  { name: "DataView.get", weight: 3, make: get },
  {
    name: "length",
    weight: 1,
    make: (g) => {
      const arrays = g.scope.references.filter(({ shape }) => shape.kind === "array");
      if (arrays.length === 0) return undefined;
      const { text, shape } = g.choices.of(arrays);
      const length = shape.kind === "array" ? shape.length : 0;
      return { text: `${text}.length`, low: length, high: length, plain: true, constant: true };
    },
  },
];
export const bufferBigints: readonly Row<Big>[] = [{ name: "DataView.getBigUint64", weight: 2, make: getBig }];
export const bufferConditions: readonly Row<string>[] = [{ name: "bytesEqual", weight: 2, make: compare }];
export const buffers: readonly Row<string>[] = [
  { name: "buffer", weight: 2, make: buffer },
  { name: "DataView.set", weight: 3, make: set },
  { name: "view", weight: 1, make: part },
  { name: "fill", weight: 1, make: fill },
  { name: "copy", weight: 1, make: copy },
];
