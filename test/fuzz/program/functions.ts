// Functions of the module: parameters and results of each kind, early returns from anywhere, refs, objects and functions
// as arguments, generic ones; and the calls of them.
import type { Big, Gen, Num, Row } from "./gen.ts";
import { aggregatePlace } from "./places.ts";
import { numberIn, within } from "./ranges.ts";
import { type Callable, type ParameterKind, Scope } from "./scope.ts";

const low = -(2 ** 31);
const high = 2 ** 32 - 1;
const mostCopies = 60;
const fuelOfFunction = 22;

const typeOf = (kind: ParameterKind, g: Gen): string => {
  switch (kind.kind) {
    case "number":
      return kind.low < 0 ? "number" : "u32";
    case "bigint":
      return g.big;
    case "boolean":
      return "boolean";
    case "ref":
      return `Ref<typeof ${kind.shape.kind === "scalar" ? kind.shape.name : kind.shape.schema}>`;
    case "point":
      return "Point";
    case "callback":
      return "(value: number) => number";
  }
};

function parameterKind(g: Gen): ParameterKind {
  const refs = g.world.schemas.filter(({ kind }) => kind !== "scalar");
  switch (g.choices.pick(8)) {
    case 3:
      return { kind: "number", low: 0, high };
    case 4:
      return { kind: "bigint" };
    case 5:
      return { kind: "boolean" };
    case 6:
      return refs.length > 0 ? { kind: "ref", shape: g.choices.of(refs) } : { kind: "point" };
    case 7:
      return g.choices.of([{ kind: "point" }, { kind: "callback" }] as const);
    default:
      return { kind: "number", low, high };
  }
}

/** `kept`: of a function that is not inlined, which cannot change an object. */
function declareParameter(scope: Scope, name: string, kind: ParameterKind, kept: boolean): void {
  if (kind.kind === "number")
    scope.numbers.push({ name, low: kind.low, high: kind.high, plain: kind.low < 0, mutable: kind.low < 0 });
  else if (kind.kind === "bigint") scope.bigints.push({ name, mutable: false });
  else if (kind.kind === "boolean") scope.booleans.push({ name, mutable: false });
  else if (kind.kind === "point") scope.points.push({ name, mutable: !kept });
  else if (kind.kind === "ref") scope.references.push({ text: name, shape: kind.shape, memory: "packet" });
}

/** A function, which can call those before it. */
export function makeFunction(g: Gen, known: readonly Callable[]): readonly [text: string, callable: Callable] {
  const name = g.name("f");
  const parameters = Array.from({ length: 1 + g.choices.pick(3) }, () => parameterKind(g));
  const kept = g.choices.chance(30) && parameters.every(({ kind }) => kind !== "callback");
  const returns = g.choices.of(["number", "number", "bigint", "boolean", "void"] as const);
  const names = parameters.map(() => g.name("a"));
  const range = { low: 0, high: 0 };
  const result = (): string => {
    if (returns === "void") return "return;";
    if (returns !== "number") return `return ${returns === "bigint" ? `${g.big}(${g.bigint().text})` : g.condition()};`;
    const value = within(g, g.number(), 2 ** 40);
    range.low = Math.min(range.low, value.low);
    range.high = Math.max(range.high, value.high);
    return `return ${value.text};`;
  };
  const scope = new Scope();
  scope.callables.push(...known.filter(({ cost }) => cost < 8));
  parameters.forEach((kind, index) => {
    declareParameter(scope, names[index] ?? "", kind, kept);
  });
  scope.leave = result;
  scope.references.push(...g.world.globals);
  g.scope = scope;
  g.fuel = fuelOfFunction;
  const lines = Array.from({ length: 1 + g.choices.pick(3) }, () => g.statement());
  const applied = parameters.flatMap((kind, index) =>
    kind.kind === "callback" ? [`${names[index]}(${numberIn(g, low, high).text})`] : [],
  );
  for (const call of applied) {
    const variable = g.name("n");
    lines.push(`const ${variable} = i32(${call});`);
    scope.numbers.push({ name: variable, low, high: 2 ** 31 - 1, plain: false, mutable: false });
  }
  const last = returns === "void" ? "" : result();
  const list = parameters.map((kind, index) => `${names[index]}: ${typeOf(kind, g)}`).join(", ");
  const type = returns === "bigint" ? g.big : returns;
  const body = `{\n${lines.join("\n")}\n${last}\n}`;
  const isConstant = g.choices.chance(30);
  const literal = `(${list}): ${type} => ${body}`;
  const whole = `function ${name}(${list}): ${type} ${body}`;
  const text = isConstant ? `const ${name} = ${kept ? `noinline(${literal})` : literal};` : whole;
  const tag = kept && !isConstant ? "/** @noinline */\n" : "";
  const cost = kept ? 4 : 4 + fuelOfFunction - g.fuel;
  return [`${tag}${text}`, { name, parameters, returns, ...range, cost, kept }];
}

/** A function literal of one expression, which sees what does not change. */
function callback(g: Gen): string {
  const outer = g.scope;
  g.scope = outer.inner();
  const parameter = g.name("x");
  const constants = g.scope.numbers.filter(({ mutable, counter }) => !mutable && !counter);
  g.scope.numbers.splice(0, g.scope.numbers.length, ...constants);
  g.scope.numbers.push({ name: parameter, low, high, plain: true, mutable: false });
  g.scope.bigints.splice(0, g.scope.bigints.length, ...g.scope.bigints.filter(({ mutable }) => !mutable));
  g.scope.booleans.splice(0, g.scope.booleans.length, ...g.scope.booleans.filter(({ mutable }) => !mutable));
  const { text } = within(g, g.number(), 2 ** 40);
  g.scope = outer;
  return `(${parameter}: number): number => ${text}`;
}

function argument(g: Gen, kind: ParameterKind): string | undefined {
  switch (kind.kind) {
    case "number": {
      const value = numberIn(g, kind.low, kind.high);
      return kind.low < 0 || value.plain ? value.text : `u32(${value.text})`;
    }
    case "bigint":
      return `${g.big}(${g.bigint().text})`;
    case "boolean":
      return g.condition();
    case "ref":
      return aggregatePlace(g, (shape) => shape === kind.shape)?.text;
    case "point":
      return g.scope.points.length > 0
        ? g.choices.of(g.scope.points).name
        : `{ x: ${numberIn(g, low, high).text}, y: ${numberIn(g, low, high).text} }`;
    case "callback":
      return callback(g);
  }
}

function call(
  g: Gen,
  wanted: (callable: Callable) => boolean,
): readonly [text: string, callable: Callable] | undefined {
  const able = g.scope.callables.filter((one) => wanted(one) && one.cost <= Math.max(g.fuel, 0));
  if (able.length === 0 || g.turns > 8) return undefined;
  const callable = g.choices.of(able);
  if (callable.cost * g.turns > mostCopies * 4) return undefined;
  g.fuel -= callable.cost;
  const values = callable.parameters.map((kind) => argument(g, kind));
  if (values.some((value) => value === undefined)) return undefined;
  return [`${callable.name}(${values.join(", ")})`, callable];
}

export const calledNumbers: readonly Row<Num>[] = [
  {
    name: "call",
    weight: 4,
    make: (g) => {
      const made = call(g, ({ returns }) => returns === "number");
      if (!made) return undefined;
      const [text, { kept, low: least, high: most }] = made;
      // Nothing is known of the range of what a function of its own gives.
      return kept
        ? { text: `i32(${text})`, low, high: 2 ** 31 - 1, plain: false }
        : { text, low: least, high: most, plain: true };
    },
  },
  {
    name: "generic call",
    weight: 1,
    make: (g) => {
      const [name, least, most] = g.choices.of([
        ["i32", -(2 ** 31), 2 ** 31 - 1],
        ["u16", 0, 0xffff],
      ] as const);
      const text = `pick(${g.condition()}, ${name}(${g.number().text}), ${name}(${g.number().text}))`;
      return { text, low: least, high: most, plain: false };
    },
  },
];

export const calledBigints: readonly Row<Big>[] = [
  {
    name: "call of a bigint",
    weight: 2,
    make: (g) => {
      const made = call(g, ({ returns }) => returns === "bigint");
      return made && { text: made[0] };
    },
  },
  {
    name: "generic call of a bigint",
    weight: 1,
    make: (g) => ({ text: `pick(${g.condition()}, ${g.big}(${g.bigint().text}), ${g.big}(${g.bigint().text}))` }),
  },
];

export const calledConditions: readonly Row<string>[] = [
  { name: "call of a boolean", weight: 2, make: (g) => call(g, ({ returns }) => returns === "boolean")?.[0] },
];

export const calledStatements: readonly Row<string>[] = [
  {
    name: "call as a statement",
    weight: 3,
    make: (g) => {
      const made = call(g, ({ returns }) => returns === "void");
      return made && `${made[0]};`;
    },
  },
];
