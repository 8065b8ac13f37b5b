// Loops of every form whose bound the compiler can find: a counter that the body leaves alone.
import type { Gen, Row } from "./gen.ts";
import { aggregatePlace } from "./places.ts";
import { numberIn } from "./ranges.ts";
import type { Scope } from "./scope.ts";
import { isWide, rangeOf } from "./shapes.ts";

const mostTurns = 12;

interface Counter {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

/** A loop's body, in which the counters can be read. */
function body(g: Gen, turns: number, counters: readonly Counter[], label?: string): string {
  g.turns *= turns;
  const text = g.body(1 + g.choices.pick(2), (scope: Scope) => {
    scope.inLoop = true;
    scope.inSwitch = false;
    if (label !== undefined) scope.labels.push({ name: label, loop: true });
    scope.numbers.push(...counters.map((one) => ({ ...one, plain: true, mutable: false, counter: true })));
  });
  g.turns /= turns;
  return text;
}

function labelled(g: Gen, make: (label: string | undefined) => string): string {
  if (!g.choices.chance(30)) return make(undefined);
  const label = g.name("loop");
  return `${label}: ${make(label)}`;
}

/** `for` with a counter up or down, to a constant or to a limit that is bounded. */
function counted(g: Gen): string | undefined {
  const turns = g.choices.of([2, 3, 4, 5, 8]);
  if (g.turns * turns > mostTurns) return undefined;
  const name = g.name("i");
  const step = g.choices.of([1, 1, 2, 3]);
  const start = g.choices.of([0, 0, 1, 7]);
  const end = start + turns * step;
  const next = (sign: "+" | "-"): string => (step === 1 ? `${name}${sign}${sign}` : `${name} ${sign}= ${step}`);
  const limit = g.choices.chance(40) ? numberIn(g, 0, end).text : `${end}`;
  const [head, low, high] = g.choices.of([
    [`for (let ${name} = ${start}; ${name} < ${limit}; ${next("+")})`, start, end - 1],
    [`for (let ${name} = ${start}; ${name} <= ${end - step}; ${next("+")})`, start, end - step],
    [`for (let ${name} = ${end}; ${name} > ${start}; ${next("-")})`, start + 1, end],
    [`for (let ${name} = ${end - step}; ${name} >= ${start}; ${next("-")})`, start, end - step],
  ] as const);
  return labelled(g, (label) => `${head} {\n${body(g, turns, [{ name, low, high }], label)}\n}`);
}

/** `while` and `do` with a counter that goes on before anything can leave. */
function conditional(g: Gen): string | undefined {
  const turns = g.choices.of([2, 3, 4, 6]);
  if (g.turns * turns > mostTurns) return undefined;
  const name = g.name("i");
  const also = g.choices.chance(50) ? ` && ${g.condition()}` : "";
  const test = `${name} < ${turns}${also}`;
  const declaration = `let ${name} = 0;`;
  if (g.choices.chance(40)) {
    const inside = body(g, turns, [{ name, low: 1, high: turns }]);
    return `${declaration}\ndo {\n${name}++;\n${inside}\n} while (${test});`;
  }
  return `${declaration}\n${labelled(
    g,
    (label) => `while (${test}) {\n${name}++;\n${body(g, turns, [{ name, low: 1, high: turns }], label)}\n}`,
  )}`;
}

/** `for…of` over a constant table or over a few numbers. */
function each(g: Gen): string | undefined {
  const values = [g.number(), g.number(), g.number()];
  if (g.turns * 3 > mostTurns) return undefined;
  const name = g.name("e");
  switch (g.choices.pick(4)) {
    case 1: {
      const turns = g.choices.of([2, 3, 5]);
      if (g.turns * turns > mostTurns) return undefined;
      const [head, low, high] = g.choices.of([
        [`range(${turns})`, 0, turns - 1],
        [`range(${numberIn(g, 0, turns).text})`, 0, turns - 1],
        [`range(4, ${4 + 2 * turns}, 2)`, 4, 3 + 2 * turns],
        [`range(${turns}, 0, -1)`, 1, turns],
      ] as const);
      return `for (const ${name} of ${head}) {\n${body(g, turns, [{ name, low, high }])}\n}`;
    }
    case 2:
      return eachInMemory(g, name);
    default:
  }
  if (g.choices.chance(50)) {
    return `for (const ${name} of TABLE) {\n${body(g, 4, [{ name, low: -7, high: 0x7fffffff }])}\n}`;
  }
  const range = { low: Math.min(...values.map(({ low }) => low)), high: Math.max(...values.map(({ high }) => high)) };
  const list = values.map(({ text }) => text).join(", ");
  return `for (const ${name} of [${list}]) {\n${body(g, 3, [{ name, ...range }])}\n}`;
}

/** `for…of` over an array in memory, its items with or without their indices. */
function eachInMemory(g: Gen, name: string): string | undefined {
  const array = aggregatePlace(
    g,
    (shape) => shape.kind === "array" && shape.item.kind === "scalar" && !isWide(shape.item),
  );
  if (array?.shape.kind !== "array" || array.shape.item.kind !== "scalar") return undefined;
  const { length, item } = array.shape;
  if (g.turns * length > mostTurns) return undefined;
  const [low, high] = rangeOf(item);
  if (g.choices.chance(60)) {
    return `for (const ${name} of ${array.text}) {\n${body(g, length, [{ name, low, high }])}\n}`;
  }
  const at = g.name("i");
  const inside = body(g, length, [
    { name, low, high },
    { name: at, low: 0, high: length - 1 },
  ]);
  return `for (const [${at}, ${name}] of ${array.text}.entries()) {\n${inside}\n}`;
}

/** `loop(count, body)`: a function literal that sees and changes what is around it. */
function called(g: Gen): string | undefined {
  const turns = g.choices.of([2, 3, 5]);
  if (g.turns * turns > mostTurns || !g.scope.context) return undefined;
  const name = g.name("i");
  const count = g.choices.chance(50) ? `${turns}` : numberIn(g, 0, turns).text;
  const ends = g.choices.chance(50);
  g.turns *= turns;
  const inside = g.body(1 + g.choices.pick(2), (scope) => {
    scope.inLoop = false;
    scope.inSwitch = false;
    scope.labels.splice(0, scope.labels.length);
    scope.leave = () => (ends ? `return ${g.condition()};` : "return;");
    scope.numbers.push({ name, low: 0, high: turns - 1, plain: true, mutable: false, counter: true });
  });
  g.turns /= turns;
  return `loop(${count}, (${name}) => {\n${inside}\n${ends ? "return true;" : ""}\n});`;
}

export const loops: readonly Row<string>[] = [
  { name: "loop()", weight: 2, make: called },
  { name: "for", weight: 4, make: counted },
  { name: "while, do", weight: 2, make: conditional },
  { name: "for…of", weight: 1, make: each },
];
