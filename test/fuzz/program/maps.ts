// Maps: lookups whose values are changed in place, entries set and deleted, questions whether they are there.
// While a ref into a hash table is in scope nothing is set or deleted there: the kernel may use the entry again.
import type { Gen, MapShape, Row } from "./gen.ts";
import { tested } from "./packets.ts";
import { atomicPlace, bigFor, initialiser } from "./places.ts";
import { numberIn } from "./ranges.ts";
import { castOf, isWide, type MemoryShape, rangeOf, type Shape } from "./shapes.ts";

/** A key of few values, so that entries are found again. */
function key(g: Gen, map: MapShape): string {
  if (!map.key) return numberIn(g, 0, map.entries + 1).text;
  const small = (shape: Shape): string => {
    if (shape.kind === "scalar" && isWide(shape)) return `${castOf(shape)}(${numberIn(g, 0, 3).text})`;
    if (shape.kind === "scalar" || shape.kind === "bits") {
      const value = numberIn(g, 0, Math.min(3, rangeOf(shape)[1]));
      return shape.kind === "scalar" ? `${castOf(shape)}(${value.text})` : `(${value.text} & ${rangeOf(shape)[1]})`;
    }
    return "";
  };
  if (map.key.kind !== "struct") return small(map.key);
  const known = map.key.fields.filter(({ shape }) => shape.kind === "scalar" || shape.kind === "bits");
  return `{ ${g.choices
    .some(known, 60)
    .map(({ name, shape }) => `${name}: ${small(shape)}`)
    .join(", ")} }`;
}

function value(g: Gen, shape: MemoryShape): string {
  if (shape.kind === "scalar" && isWide(shape)) return bigFor(g, shape);
  return initialiser(g, shape);
}

function lookup(g: Gen): string | undefined {
  if (g.world.maps.length === 0 || !g.scope.context) return undefined;
  const map = g.choices.of(g.world.maps);
  const name = g.name("v");
  const text = `const ${name} = ${map.name}.get(${key(g, map)});`;
  const reference = { text: name, shape: map.value, memory: "map", map: map.name } as const;
  // In a block of its own, so that the map can be changed behind it.
  return `{\n${text}\n${tested(g, reference)}\n}`;
}

/** Whether entries may come and go. */
function free(g: Gen, { name, kind }: MapShape): boolean {
  return kind === "array" || !g.scope.references.some(({ map }) => map === name);
}

function status(g: Gen, text: string): string {
  const able = g.scope.numbers.filter(({ mutable, plain, low, high }) => mutable && plain && low <= -40 && high >= 0);
  if (able.length > 0 && g.choices.chance(40)) return `${g.choices.of(able).name} = ${text};`;
  return g.choices.chance(40) ? `if (${text} !== 0) ${g.block(1)}` : `${text};`;
}

function set(g: Gen): string | undefined {
  const able = g.scope.context ? g.world.maps.filter((map) => map.kind !== "perCpu" && free(g, map)) : [];
  if (able.length === 0) return undefined;
  const map = g.choices.of(able);
  const flag = g.choices.chance(20)
    ? g.choices.of([", MapUpdate.ANY", ", MapUpdate.NOEXIST", ", MapUpdate.EXIST"])
    : "";
  return status(g, `${map.name}.set(${key(g, map)}, ${value(g, map.value)}${flag})`);
}

function remove(g: Gen): string | undefined {
  const able = g.scope.context ? g.world.maps.filter((map) => map.kind === "hash" && free(g, map)) : [];
  if (able.length === 0) return undefined;
  const map = g.choices.of(able);
  return status(g, `${map.name}.delete(${key(g, map)})`);
}

function atomic(g: Gen): string | undefined {
  const wide = g.choices.chance(50);
  if (wide && g.world.signed) return undefined;
  const place = atomicPlace(g, wide);
  if (!place) return undefined;
  const [, target = "", member = "", item = ""] =
    /^(.*?)(?:\.(\w+)|\[((?:[^[\]]|\[[^\]]*\])*)\])$/.exec(place.text) ?? [];
  if (target === "" || member === "" || item !== "") return undefined;
  const amount = wide ? g.bigint().text : numberIn(g, 0, 0xffffffff);
  const text = typeof amount === "string" ? amount : amount.plain ? amount.text : `u32(${amount.text})`;
  const operation = g.choices.of(["Add", "Add", "And", "Or", "Xor", "Exchange", "CompareExchange"]);
  const expected = operation === "CompareExchange" ? `${g.choices.chance(50) ? place.text : wide ? "0n" : "0"}, ` : "";
  const call = `atomic${operation}(${target}, "${member}", ${expected}${text})`;
  if (wide) {
    if (!g.choices.chance(50)) return `${call};`;
    const name = g.name("b");
    g.scope.bigints.push({ name, mutable: false });
    return `const ${name} = ${call};`;
  }
  if (!g.choices.chance(50)) return `${call};`;
  const name = g.name("n");
  g.scope.numbers.push({ name, low: 0, high: 0xffffffff, plain: false, mutable: false });
  return `const ${name} = ${call};`;
}

/** Conditions that ask maps. */
export const mapConditions: readonly Row<string>[] = [
  {
    name: "map.has",
    weight: 2,
    make: (g) => {
      if (g.world.maps.length === 0 || !g.scope.context) return undefined;
      const map = g.choices.of(g.world.maps);
      return `${map.name}.has(${key(g, map)})`;
    },
  },
];

export const maps: readonly Row<string>[] = [
  { name: "map.get", weight: 4, make: lookup },
  { name: "map.set", weight: 2, make: set },
  { name: "map.delete", weight: 1, make: remove },
  { name: "atomicAdd", weight: 1, make: atomic },
];
