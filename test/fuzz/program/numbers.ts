// Number expressions: literals, variables and memory, arithmetic within ±(2^53−1), division made an integer, bitwise
// operators with JavaScript's ToInt32, Math, casts, and expressions with effects.
import type { Gen, Num, Row } from "./gen.ts";
import { index, integerPlace, readNumber } from "./places.ts";
import { anyLiteral, cast, fits, literal, masked, nonZero, numberIn, safe, within } from "./ranges.ts";

const int32 = { low: -0x80000000, high: 0x7fffffff } as const;
const half = 2 ** 31;

function plain(text: string, low: number, high: number): Num {
  return { text, low, high, plain: true };
}

/** Bits that numbers of 0…high need. */
function bitsOf(high: number): number {
  return high <= 0 ? 0 : Math.floor(Math.log2(high)) + 1;
}

function sum(g: Gen, operator: "+" | "-"): Num {
  const left = within(g, g.number(), 2 ** 51);
  const right = within(g, g.number(), 2 ** 51);
  const text = `(${left.text} ${operator} ${right.text})`;
  return operator === "+"
    ? plain(text, left.low + right.low, left.high + right.high)
    : plain(text, left.low - right.high, left.high - right.low);
}

function product(g: Gen): Num {
  const left = within(g, g.number(), 2 ** 32);
  const largest = Math.max(Math.abs(left.low), Math.abs(left.high), 1);
  const right = within(g, g.number(), Math.max(1, Math.floor(safe / 2 / largest)));
  const ends = [left.low, left.high].flatMap((a) => [a * right.low, a * right.high]);
  return plain(`(${left.text} * ${right.text})`, Math.min(...ends), Math.max(...ends));
}

function remainder(g: Gen): Num {
  const left = g.number();
  const right = nonZero(g);
  const most = Math.max(Math.abs(right.low), Math.abs(right.high)) - 1;
  return plain(
    `(${left.text} % ${right.text})`,
    left.low < 0 ? -Math.min(most, -left.low) : 0,
    left.high > 0 ? Math.min(most, left.high) : 0,
  );
}

function quotient(g: Gen): Num {
  const left = g.number();
  const right = nonZero(g);
  const largest = Math.max(Math.abs(left.low), Math.abs(left.high));
  const signed = left.low < 0 || right.low < 0;
  const rounding = g.choices.of(["trunc", "floor"]);
  return plain(`Math.${rounding}(${left.text} / ${right.text})`, signed ? -largest : 0, largest);
}

function bitwise(g: Gen): Num {
  const left = g.number();
  const right = g.number();
  const operator = g.choices.of(["&", "|", "^"] as const);
  const text = `(${left.text} ${operator} ${right.text})`;
  const unsigned = [left, right].filter((one) => fits(one, 0, half - 1));
  if (operator === "&" && unsigned.length > 0) return plain(text, 0, Math.min(...unsigned.map(({ high }) => high)));
  if (unsigned.length < 2) return plain(text, int32.low, int32.high);
  return plain(text, 0, 2 ** Math.max(bitsOf(left.high), bitsOf(right.high)) - 1);
}

function shift(g: Gen): Num {
  const value = g.number();
  const operator = g.choices.of(["<<", ">>", ">>>"] as const);
  const constant = g.choices.chance(60) ? g.choices.of([0, 1, 3, 7, 8, 15, 16, 24, 29, 31, 32, 33]) : undefined;
  const count = constant === undefined ? g.number().text : `${constant}`;
  const text = `(${value.text} ${operator} ${count})`;
  if (operator === ">>>") return plain(text, 0, constant === undefined ? 2 ** 32 - 1 : 2 ** (32 - (constant & 31)) - 1);
  if (operator === ">>" && constant !== undefined) {
    const scale = 2 ** (constant & 31);
    return plain(text, int32.low / scale, half / scale - 1);
  }
  return plain(text, int32.low, int32.high);
}

/** `min` and `max` of two or three. */
function extreme(g: Gen): Num {
  const operands = Array.from({ length: 2 + g.choices.pick(2) }, () => g.number());
  const name = g.choices.of(["min", "max"] as const);
  const ends = (key: "low" | "high"): number => Math[name](...operands.map((one) => one[key]));
  return plain(`Math.${name}(${operands.map(({ text }) => text).join(", ")})`, ends("low"), ends("high"));
}

/** `++`, `--` and assignments as expressions, where the range of the variable allows for it. */
function effect(g: Gen): Num | undefined {
  const able = g.scope.numbers.filter((one) => one.mutable && one.low > -(2 ** 40) && one.high < 2 ** 40);
  if (able.length === 0) return undefined;
  const variable = g.choices.of(able);
  const { name } = variable;
  if (g.turns > 1 || !variable.plain || g.choices.chance(40)) {
    const value = g.turns > 1 ? numberIn(g, variable.low, variable.high) : cast(g, g.number());
    if (!value) return undefined;
    const fitting = g.turns > 1 && !variable.plain && !value.plain ? undefined : value;
    if (!fitting || !variable.plain) return undefined;
    if (g.turns === 1) grow(variable, fitting);
    return { text: `(${name} = ${fitting.text})`, low: fitting.low, high: fitting.high, plain: false };
  }
  const operator = g.choices.of(["++", "--"] as const);
  const before = { low: variable.low, high: variable.high };
  const by = operator === "++" ? 1 : -1;
  const after = { low: before.low + by, high: before.high + by };
  grow(variable, after);
  return g.choices.chance(50)
    ? { text: `${name}${operator}`, ...before, plain: true }
    : { text: `${operator}${name}`, ...after, plain: true };
}

/** Widens what is known of a variable. */
export function grow(variable: { low: number; high: number }, { low, high }: { low: number; high: number }): void {
  variable.low = Math.min(variable.low, low);
  variable.high = Math.max(variable.high, high);
}

function either(g: Gen): Num {
  const condition = g.condition();
  const [left, right] = [g.number(), g.number()];
  const range = { low: Math.min(left.low, right.low), high: Math.max(left.high, right.high) };
  return { text: `(${condition} ? ${left.text} : ${right.text})`, ...range, plain: left.plain && right.plain };
}

function logical(g: Gen): Num | undefined {
  const left = g.number();
  if (left.constant) return undefined;
  const right = g.number();
  const operator = g.choices.of(["&&", "||"] as const);
  const low = operator === "&&" ? Math.min(0, right.low) : Math.min(left.low, right.low);
  const high = operator === "&&" ? Math.max(0, right.high) : Math.max(left.high, right.high);
  return { text: `(${left.text} ${operator} ${right.text})`, low, high, plain: false };
}

function read(g: Gen): Num | undefined {
  const place = integerPlace(g, false);
  return place && readNumber(place);
}

function variable(g: Gen): Num | undefined {
  if (g.scope.numbers.length === 0) return undefined;
  const { name: text, low, high, plain: isPlain } = g.choices.of(g.scope.numbers);
  return { text, low, high, plain: isPlain };
}

function member(g: Gen): Num | undefined {
  if (g.scope.points.length === 0) return undefined;
  return plain(`${g.choices.of(g.scope.points).name}.${g.choices.of(["x", "y"])}`, int32.low, 2 ** 32 - 1);
}

/** A field of what may not be there, or a number that may be undefined. */
function optional(g: Gen): Num | undefined {
  const { optionals } = g.scope;
  if (optionals.length > 0 && g.choices.chance(50)) {
    const { name, low, high } = g.choices.of(optionals);
    const other = g.number();
    const range = { low: Math.min(low, other.low), high: Math.max(high, other.high) };
    return { text: `(${name} ?? ${other.text})`, ...range, plain: false };
  }
  const { maybes } = g.scope;
  if (maybes.length === 0) return undefined;
  const able = maybes.map((one) => ({ ...one, text: `${one.text}?` }));
  const place = integerPlace(g, false, able);
  if (!place) return undefined;
  const value = readNumber(place);
  const other = anyLiteral(g);
  const range = { low: Math.min(value.low, other.low), high: Math.max(value.high, other.high) };
  return { text: `(${value.text} ?? ${other.text})`, ...range, plain: false };
}

function unary(g: Gen): Num {
  const value = within(g, g.number(), safe);
  if (g.choices.chance(15)) return plain(`+(${value.text})`, value.low, value.high);
  if (g.choices.chance(50)) return plain(`~(${value.text})`, int32.low, int32.high);
  return plain(`-(${value.text})`, -value.high, -value.low);
}

function absolute(g: Gen): Num {
  const value = g.number();
  const ends = [Math.abs(value.low), Math.abs(value.high)];
  return plain(`Math.abs(${value.text})`, value.low <= 0 && value.high >= 0 ? 0 : Math.min(...ends), Math.max(...ends));
}

/** The rows, simplest first. */
export const numbers: readonly Row<Num>[] = [
  { name: "literal", weight: 3, leaf: true, make: anyLiteral },
  { name: "read", weight: 8, leaf: true, make: read },
  { name: "variable", weight: 6, leaf: true, make: variable },
  { name: "member of an object", weight: 2, leaf: true, make: member },
  { name: "length of the packet", weight: 1, leaf: true, make: packetLength },
  {
    name: "table",
    weight: 1,
    make: (g) => {
      if (g.choices.chance(50)) return { ...plain(`TABLE[${index(g, 4)}]`, -(2 ** 31), 2 ** 31 - 1), plain: false };
      const [column, low, high] = g.choices.of([
        ["port", 0, 0xffff],
        ["low", -128, 127],
      ] as const);
      return { ...plain(`ROWS[${index(g, 3)}].${column}`, low, high), plain: false };
    },
  },
  {
    name: "enum",
    weight: 1,
    leaf: true,
    make: (g) => g.choices.of([plain("(Level.Low as number)", 1, 1), plain("(Level.High as number)", 512, 512)]),
  },
  {
    name: "as number",
    weight: 1,
    make: (g) => {
      const value = g.number();
      const { text, low, high } = value;
      return value.constant ? undefined : plain(`(${text} ${g.choices.of(["as", "satisfies"])} number)`, low, high);
    },
  },
  {
    name: "**",
    weight: 1,
    make: (g) => {
      const base = numberIn(g, -255, 255);
      const exponent = g.choices.of([0, 1, 2, 3]);
      const most = Math.max(1, Math.abs(base.low) ** exponent, Math.abs(base.high) ** exponent);
      // A constant is computed by whoever reads it; a sign needs parentheses.
      return base.constant ? undefined : plain(`((${base.text}) ** ${exponent})`, -most, most);
    },
  },
  { name: "+", weight: 2, make: (g) => sum(g, "+") },
  { name: "-", weight: 2, make: (g) => sum(g, "-") },
  { name: "*", weight: 2, make: product },
  { name: "%", weight: 2, make: remainder },
  { name: "Math.trunc(a / b)", weight: 2, make: quotient },
  {
    name: "(a / b) | 0",
    weight: 2,
    make: (g) => {
      const text = `(${g.number().text} / ${g.number().text})`;
      return g.choices.chance(50)
        ? plain(`(${text} | 0)`, int32.low, int32.high)
        : plain(`(${text} >>> 0)`, 0, 2 ** 32 - 1);
    },
  },
  { name: "bitwise", weight: 4, make: bitwise },
  { name: "mask", weight: 2, make: (g) => masked(g.number(), g.choices.of([1, 3, 7, 8, 12, 16, 20, 31])) },
  { name: "shift", weight: 3, make: shift },
  { name: "unary", weight: 2, make: unary },
  { name: "cast", weight: 3, make: (g) => cast(g, g.number()) },
  {
    name: "cast of a bigint",
    weight: 2,
    make: (g) => cast(g, { text: g.bigint().text, low: 0, high: 0, plain: false }),
  },
  { name: "Math.min", weight: 2, make: extreme },
  { name: "Math.abs", weight: 1, make: absolute },
  {
    name: "Math.round",
    weight: 1,
    make: (g) => {
      const value = g.number();
      return plain(`Math.${g.choices.of(["trunc", "floor", "ceil", "round"])}(${value.text})`, value.low, value.high);
    },
  },
  { name: "Math.sign", weight: 1, make: (g) => plain(`Math.sign(${g.number().text})`, -1, 1) },
  { name: "Math.clz32", weight: 1, make: (g) => plain(`Math.clz32(${g.number().text})`, 0, 32) },
  {
    name: "Math.imul",
    weight: 1,
    make: (g) => plain(`Math.imul(${g.number().text}, ${g.number().text})`, int32.low, int32.high),
  },
  { name: "? :", weight: 2, make: either },
  { name: "&& ||", weight: 1, make: logical },
  { name: "?. ??", weight: 3, make: optional },
  { name: "effect", weight: 2, make: effect },
  {
    name: ",",
    weight: 1,
    make: (g) => {
      const first = effect(g);
      if (!first) return undefined;
      const second = g.number();
      return { ...second, text: `(${first.text}, ${second.text})` };
    },
  },
];

function packetLength(g: Gen): Num | undefined {
  return g.scope.context ? plain("ctx.packet.length", 0, 2 ** 32 - 1) : undefined;
}

/** A literal that is no number of its own in the text, for comparisons that TypeScript would decide. */
export function unknownLiteral(number: Num): Num {
  return number.constant ? { ...literal(number.low), text: `i32(${number.text})`, ...int32, plain: false } : number;
}
