// Structs and arrays on the stack, copies of them, refs chosen at run time, objects in registers, destructuring.
import type { Gen, Row } from "./gen.ts";
import { aggregatePlace, initialiser } from "./places.ts";
import { within } from "./ranges.ts";
import { isDense, isWide, type MemoryShape, rangeOf, roomOf, type StructShape, schemaOf } from "./shapes.ts";

const mostOnStack = 5;
const roomOnStack = 72;

function onStack(g: Gen): number {
  return g.scope.references.filter(({ memory }) => memory === "stack").length;
}

/** A struct or array on the stack: empty, from a literal, or a copy. */
function local(g: Gen): string | undefined {
  const shapes = g.world.schemas.filter((one) => one.kind !== "scalar" && roomOf(one) <= roomOnStack);
  if (shapes.length === 0 || onStack(g) >= mostOnStack) return undefined;
  const shape = g.choices.of(shapes);
  const name = g.name("m");
  const init = g.choices.chance(30) ? "" : initialiser(g, shape);
  g.scope.references.push({ text: name, shape, memory: "stack" });
  return `const ${name} = ${schemaOf(shape)}(${init});`;
}

/** Every byte of an aggregate is replaced. */
function replace(g: Gen): string | undefined {
  const target = aggregatePlace(g, () => true);
  // A name of its own would be bound anew.
  if (!target || (target.memory !== "global" && !/[.[]/.test(target.text)) || target.buffer) return undefined;
  return `${target.text} = ${initialiser(g, target.shape, true)};`;
}

function members({ fields }: StructShape, g: Gen, typed: boolean): string {
  return g.choices
    .some(fields, 40)
    .map(({ name, shape }) => `${name}: ${initialiser(g, shape, typed)}`)
    .join(", ");
}

function assignMembers(g: Gen): string | undefined {
  const target = aggregatePlace(g, (shape) => shape.kind === "struct" && !shape.union);
  if (target?.shape.kind !== "struct") return undefined;
  // Whether Object.assign copies padding is nobody's business.
  const copies = g.choices.chance(40) && isDense(target.shape);
  const source = copies ? aggregatePlace(g, (one) => one === target.shape) : undefined;
  const text = members(target.shape, g, true);
  if (source) return `Object.assign(${target.text}, { ...${source.text}${text === "" ? "" : `, ${text}`} });`;
  return text === "" ? undefined : `Object.assign(${target.text}, { ${text} });`;
}

/** A copy by spread, on the stack. */
function copy(g: Gen): string | undefined {
  const isSource = (shape: MemoryShape): boolean =>
    shape.kind === "struct" && !shape.union && roomOf(shape) <= roomOnStack;
  const source = aggregatePlace(g, isSource);
  if (source?.shape.kind !== "struct" || onStack(g) >= mostOnStack) return undefined;
  const name = g.name("m");
  const text = members(source.shape, g, true);
  g.scope.references.push({ text: name, shape: source.shape, memory: "stack" });
  return `const ${name} = ${source.shape.schema}({ ...${source.text}${text === "" ? "" : `, ${text}`} });`;
}

/** A ref to a part. */
function alias(g: Gen): string | undefined {
  const part = aggregatePlace(g, () => true);
  if (!part || part.buffer) return undefined;
  const name = g.name("r");
  g.scope.references.push({ ...part, text: name });
  return `const ${name} = ${part.text};`;
}

/** One of two refs of the same kind of memory. */
function either(g: Gen): string | undefined {
  const first = aggregatePlace(g, () => true);
  if (!first || first.memory === "map" || first.buffer || first.part) return undefined;
  const same = g.scope.references.filter(({ shape, memory }) => shape === first.shape && memory === first.memory);
  if (same.length === 0) return undefined;
  const second = g.choices.of(same);
  const name = g.name("r");
  const text = `(${g.condition()} ? ${first.text} : ${second.text})`;
  g.scope.references.push({ ...first, text: name });
  return `const ${name} = ${text};`;
}

/** Some members as constants. */
function destructure(g: Gen): string | undefined {
  const source = aggregatePlace(g, () => true);
  if (!source) return undefined;
  const declare = (shape: MemoryShape | StructShape["fields"][number]["shape"]): string => {
    const name = g.name("d");
    if (shape.kind === "bits" || (shape.kind === "scalar" && !isWide(shape))) {
      const [low, high] = rangeOf(shape);
      g.scope.numbers.push({ name, low, high, plain: false, mutable: false });
    } else if (shape.kind === "scalar") {
      if (shape.name.replace("be", "") === g.big) g.scope.bigints.push({ name, mutable: false });
    } else g.scope.references.push({ ...source, text: name, shape });
    return name;
  };
  if (source.shape.kind === "array") {
    const { item, length } = source.shape;
    const names = Array.from({ length: 1 + g.choices.pick(length) }, () => (g.choices.chance(20) ? "" : declare(item)));
    return names.every((name) => name === "") ? undefined : `const [${names.join(", ")}] = ${source.text};`;
  }
  if (source.shape.kind !== "struct") return undefined;
  const fields = g.choices.some(source.shape.fields, 50);
  if (fields.length === 0) return undefined;
  const text = fields.map(({ name, shape }) => `${name}: ${declare(shape)}`).join(", ");
  return `const { ${text} } = ${source.text};`;
}

/** An object in registers. Its members stay within 33 bits. */
function point(g: Gen): string {
  const member = (): string => within(g, g.number(), 2 ** 31 - 1).text;
  const name = g.name("p");
  const others = g.scope.points;
  const text =
    others.length > 0 && g.choices.chance(30)
      ? `{ ...${g.choices.of(others).name}, y: ${member()} }`
      : `{ x: ${member()}, y: ${member()} }`;
  g.scope.points.push({ name, mutable: true });
  return `const ${name}: Point = ${text};`;
}

function setMember(g: Gen): string | undefined {
  const able = g.scope.points.filter(({ mutable }) => mutable);
  if (able.length === 0) return undefined;
  const { name } = g.choices.of(able);
  return `${name}.${g.choices.of(["x", "y"])} = ${within(g, g.number(), 2 ** 31 - 1).text};`;
}

function pair(g: Gen): string {
  const values = [within(g, g.number(), 2 ** 40), within(g, g.number(), 2 ** 40)];
  const names = values.map(() => g.name("t"));
  const mutable = g.choices.chance(40);
  values.forEach(({ low, high }, index) => {
    g.scope.numbers.push({ name: names[index] ?? "", low, high, plain: true, mutable });
  });
  const list = values.map(({ text }) => text).join(", ");
  return `${mutable ? "let" : "const"} [${names.join(", ")}]: [number, number] = [${list}];`;
}

export const aggregates: readonly Row<string>[] = [
  { name: "struct or array on the stack", weight: 3, make: local },
  { name: "copy by spread", weight: 2, make: copy },
  { name: "aggregate assignment", weight: 3, make: replace },
  { name: "Object.assign", weight: 1, make: assignMembers },
  { name: "ref to a part", weight: 1, make: alias },
  { name: "one of two refs", weight: 1, make: either },
  { name: "destructuring", weight: 2, make: destructure },
  { name: "object in registers", weight: 2, make: point },
  { name: "member of an object set", weight: 2, make: setMember },
  { name: "tuple", weight: 1, make: pair },
];
