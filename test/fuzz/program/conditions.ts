// Conditions: comparisons of numbers and of bigints, logic, booleans, tests of what may not be there.
import type { Gen, Row } from "./gen.ts";
import { unknownLiteral } from "./numbers.ts";

const comparisons = ["===", "!==", "<", "<=", ">", ">="] as const;

/** A comparison. TypeScript takes `f() << (a > (b))` for a call with arguments of types, but for what stands before `b`. */
function comparison(g: Gen, left: string, right: string, zero: string): string {
  const operator = g.choices.of(comparisons);
  return `(${left} ${operator} ${operator === ">" && zero !== "" && right.startsWith("(") ? `${zero} + ` : ""}${right})`;
}

function compare(g: Gen): string {
  const left = unknownLiteral(g.number()).text;
  return comparison(g, left, g.number().text, "0");
}

function compareBig(g: Gen): string | undefined {
  const left = g.bigint();
  const right = g.bigint();
  if (left.constant && right.constant) return undefined;
  return comparison(g, left.text, right.text, right.constant ? "" : "0n");
}

/** The rows, simplest first. */
export const conditions: readonly Row<string>[] = [
  {
    name: "comparison of leaves",
    weight: 2,
    leaf: true,
    make: compare,
  },
  {
    name: "boolean variable",
    weight: 2,
    leaf: true,
    make: (g) => (g.scope.booleans.length > 0 ? g.choices.of(g.scope.booleans).name : undefined),
  },
  { name: "comparison", weight: 8, make: compare },
  { name: "comparison of bigints", weight: 4, make: compareBig },
  {
    name: "&& || of conditions",
    weight: 3,
    make: (g) => `(${g.condition()} ${g.choices.of(["&&", "||"])} ${g.condition()})`,
  },
  { name: "!", weight: 2, make: (g) => `!(${g.condition()})` },
  {
    name: "number as a condition",
    weight: 1,
    make: (g) => {
      const number = g.number();
      return number.constant ? undefined : `!!(${number.text})`;
    },
  },
  {
    name: "conditions compared",
    weight: 1,
    make: (g) => `(${g.condition()} ${g.choices.of(["===", "!=="])} ${g.condition()})`,
  },
  { name: "condition ? :", weight: 1, make: (g) => `(${g.condition()} ? ${g.condition()} : ${g.condition()})` },
  {
    name: "undefined",
    weight: 1,
    make: (g) => {
      if (g.scope.maybes.length === 0) return undefined;
      const { text } = g.choices.of(g.scope.maybes);
      const test = g.choices.of([`!${text}`, `(${text} !== undefined)`, `(${text} === undefined)`]);
      // Compared, so that TypeScript learns nothing of it that would make a later question senseless.
      return `(${test} === ${g.condition()})`;
    },
  },
];
