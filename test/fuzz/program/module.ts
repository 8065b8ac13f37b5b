// A module of random programs: schemas, maps, constants and functions that the programs share, and programs of which all
// that they computed can be seen in the packet at the end. A function of the tape.
import { aggregates } from "./aggregates.ts";
import { bigints } from "./bigints.ts";
import { bufferBigints, bufferConditions, bufferNumbers, buffers } from "./buffers.ts";
import { Choices } from "./choices.ts";
import { conditions } from "./conditions.ts";
import { calledBigints, calledConditions, calledNumbers, calledStatements, makeFunction } from "./functions.ts";
import { Gen, type MapShape, type Tables, type World } from "./gen.ts";
import { loops } from "./loops.ts";
import { mapConditions, maps } from "./maps.ts";
import { numbers } from "./numbers.ts";
import { packets } from "./packets.ts";
import { type Callable, type Reference, Scope } from "./scope.ts";
import { isSigned, isWide, type MemoryShape, roomOf, Schemas, type Shape, schemaOf } from "./shapes.ts";
import { statements } from "./statements.ts";

/** Every construct; a new one is a row in one of these. */
export const tables: Tables = {
  numbers: [...numbers, ...bufferNumbers, ...calledNumbers],
  bigints: [...bigints, ...bufferBigints, ...calledBigints],
  conditions: [...conditions, ...mapConditions, ...bufferConditions, ...calledConditions],
  statements: [...statements, ...loops, ...aggregates, ...buffers, ...packets, ...maps, ...calledStatements],
};

/** What is drawn for one module. */
export interface Generated {
  readonly source: string;
  /** Names of the programs. */
  readonly programs: readonly string[];
  /** Bigints are i64; else u64. */
  readonly signed: boolean;
  /** Names of the maps with keys of their own. */
  readonly maps: readonly string[];
}

const imports = `import { array, arrayMap, atomicAdd, atomicAnd, atomicCompareExchange, atomicExchange, atomicOr, atomicXor, bits, bytesEqual, copy, hashMap, i16, i32, i64, i8, loop, MapUpdate, noinline, offsetOf, perCpuArray, range, sizeOf, startsWith, struct, u16, u16be, u32, u32be, u64, u64be, u8, union, view, xdp, XDP, type Ref, type XdpAction } from "@typebpf/dsl";`;

const shared = `const TABLE = [3, -7, 0x7fffffff, 40];
const ROWS = [{ port: 1, low: -5 }, { port: 65535, low: 9 }, { port: 80, low: -128 }] as const;
const enum Level { Low = 1, High = Low << 9 }
type Point = { x: number; y: number };
function pick<T>(first: boolean, a: T, b: T): T { return first ? a : b; }
const Out = struct("out", { n: array(u32, 6), w: array(u64, 2) });`;

const outOffset = 192;

/** Makes maps of the schemas. */
function makeMaps(choices: Choices, schemas: Schemas): readonly MapShape[] {
  const keys: readonly MemoryShape[] = [
    { kind: "scalar", name: "u32" },
    { kind: "scalar", name: "u16be" },
    ...schemas.structs.filter((one) => !one.union && roomOf(one) <= 48),
  ];
  const values: readonly MemoryShape[] = [
    { kind: "scalar", name: "u64" },
    ...[...schemas.structs, ...schemas.arrays].filter((one) => roomOf(one) <= 64),
  ];
  return Array.from({ length: choices.pick(4) }, (_, number) => {
    const kind = choices.of(["hash", "array", "perCpu"] as const);
    const shape = { name: `map${number}`, kind, value: choices.of(values), entries: 8 };
    return kind === "hash" ? { ...shape, key: choices.of(keys) } : shape;
  });
}

function declareMap({ name, kind, key, value, entries }: MapShape): string {
  const maker = { hash: "hashMap", array: "arrayMap", perCpu: "perCpuArray" }[kind];
  const keyed = key ? `key: ${schemaOf(key)}, ` : "";
  return `export const ${name} = ${maker}({ ${keyed}value: ${schemaOf(value)}, maxEntries: ${entries} });`;
}

const globalScalars = ["u8", "u16", "u32", "i8", "i16", "i32", "u64", "i64"] as const;

/** Variables of the module: integers, structs and arrays. */
function makeGlobals(
  choices: Choices,
  schemas: Schemas,
): readonly [texts: readonly string[], globals: readonly Reference[]] {
  const count = choices.pick(4);
  if (count === 0) return [[], []];
  const shapes: MemoryShape[] = Array.from({ length: count }, () =>
    choices.chance(40)
      ? choices.of([...schemas.structs, ...schemas.arrays].filter((one) => !(one.kind === "struct" && one.union)))
      : { kind: "scalar", name: choices.of(globalScalars) },
  );
  const fields = shapes.map((shape, number) => ({ name: `global${number}`, shape }));
  const texts = fields.map(({ name, shape }) => {
    if (shape.kind !== "scalar") return `export let ${name} = ${schemaOf(shape)}();`;
    const value = choices.of([0, 1, 5, 127, isSigned(shape) ? -3 : 100]);
    return `export let ${name}: ${shape.name} = ${value}${isWide(shape) ? "n" : ""};`;
  });
  const shape = { kind: "struct", schema: "", fields, isGlobals: true } as const;
  return [texts, [{ text: "", shape, memory: "global" }]];
}

/** Adds every integer in a place to the output. */
function show(text: string, shape: Shape): readonly string[] {
  if (shape.kind === "struct") return shape.fields.flatMap((field) => show(`${text}.${field.name}`, field.shape));
  if (shape.kind === "array")
    return Array.from({ length: shape.length }, (_, index) => show(`${text}[${index}]`, shape.item)).flat();
  if (shape.kind === "scalar" && isWide(shape)) return [`out.w[0] = u64(u64(out.w[0] * 31n) ^ u64(${text}));`];
  return [`out.n[0] = u32(Math.imul(out.n[0], 31) ^ ${text});`];
}

/** Statements that show what variables and the stack hold. */
function showAll({ numbers: all, bigints: wide, booleans, points, references }: Scope): readonly string[] {
  const values = [
    ...all.map(({ name }) => name),
    ...booleans.map(({ name }) => `(${name} ? 1 : 0)`),
    ...points.flatMap(({ name }) => [`${name}.x`, `${name}.y`]),
  ];
  return [
    ...values.map((text, index) => `out.n[${1 + (index % 5)}] = u32(out.n[${1 + (index % 5)}] * 3 + u32(${text}));`),
    ...wide.map(({ name }) => `out.w[1] = u64(out.w[1]) ^ u64(${name});`),
    ...references
      .filter(({ memory }) => memory === "stack")
      .flatMap(({ text, shape }) => show(shape.kind === "scalar" ? `${text}.value` : text, shape)),
  ];
}

const verdicts = ["XDP.PASS", "XDP.DROP", "XDP.TX", "XDP.ABORTED"];

function makeProgram(g: Gen, name: string, functions: readonly Callable[]): string {
  const scope = new Scope();
  scope.context = true;
  scope.callables.push(...functions);
  scope.leave = () => `return ${g.choices.of(verdicts)};`;
  const [first, second] = [g.choices.of(g.world.structs), g.choices.of(g.world.structs)];
  scope.references.push(...g.world.globals);
  scope.references.push({ text: "s", shape: first, memory: "packet" });
  scope.references.push({ text: "r", shape: second, memory: "packet" });
  g.scope = scope;
  const lines = Array.from({ length: 2 + g.choices.pick(7) }, () => g.statement());
  return `export const ${name} = xdp((ctx): XdpAction => {
const s = ctx.packet.at(0, ${first.schema});
const r = ctx.packet.at(${g.choices.of([80, 83, 76, 90])}, ${second.schema});
const out = ctx.packet.at(${outOffset}, Out);
if (!s || !r || !out) return XDP.ABORTED;
${[...lines, ...showAll(scope)].join("\n")}
return ${g.condition()} ? ${g.choices.of(verdicts)} : ${g.choices.of(verdicts)};
});`;
}

/** Writes a module of so many programs: p0, p1, … */
export function generateModule(tape: readonly number[], count: number): Generated {
  const choices = new Choices(tape);
  const schemas = new Schemas(choices);
  const signed = choices.chance(50);
  const [globals, references] = makeGlobals(choices, schemas);
  const world: World = {
    structs: schemas.structs,
    schemas: [...schemas.structs, ...schemas.arrays],
    maps: makeMaps(choices, schemas),
    globals: references,
    signed,
  };
  const functions: Callable[] = [];
  const texts: string[] = [];
  const names = new Gen(choices, world, tables);
  for (let left = choices.pick(4); left > 0; left--) {
    const [text, callable] = makeFunction(names, functions);
    texts.push(text);
    functions.push(callable);
  }
  const programs = Array.from({ length: count }, (_, index) => `p${index}`);
  for (const name of programs) texts.push(makeProgram(new Gen(choices, world, tables), name, functions));
  const maps = world.maps.map(declareMap);
  const source = [imports, ...schemas.declarations, shared, ...maps, ...globals, ...texts, ""].join("\n");
  return { source, programs, signed, maps: world.maps.filter(({ key }) => key).map(({ name }) => name) };
}
