// Ranges of number expressions: how to bring an expression into one, so that the compiler can prove what it must.
import type { Gen, Num } from "./gen.ts";

export const safe = Number.MAX_SAFE_INTEGER;

/** Values at which widths, signs and shift counts change their minds. */
const corners = [
  ...[0, 1, 2, 3, 5, 7, 8, 10, 15, 16, 31, 32, 33, 63, 64, 100, 127, 128, 255, 256, 1000, 0x7fff, 0x8000, 0xffff],
  ...[0x10000, 0xffffff, 0x12345678, 0x7fffffff, 0x80000000, 0xffffffff, -1, -2, -7, -8, -128, -129, -0x8000],
  ...[-0x10000, -0x7fffffff, -0x80000000, 0x100000000, -0x80000001],
] as const;

/** A literal. */
export function literal(value: number): Num {
  return { text: value < 0 ? `(${value})` : `${value}`, low: value, high: value, plain: true, constant: true };
}

export function fits({ low, high }: Num, least: number, most: number): boolean {
  return low >= least && high <= most;
}

/** A literal in a range. */
export function literalIn(g: Gen, low: number, high: number): Num {
  const inside = corners.filter((value) => value >= low && value <= high);
  const ends = [low, high, Math.max(low, high - 1)];
  return literal(g.choices.of(inside.length > 0 && g.choices.chance(70) ? inside : ends));
}

/** A literal anywhere. */
export function anyLiteral(g: Gen): Num {
  return literal(g.choices.of(corners));
}

const casts = [
  ["i32", -0x80000000, 0x7fffffff],
  ["u32", 0, 0xffffffff],
  ["u16", 0, 0xffff],
  ["i16", -0x8000, 0x7fff],
  ["u8", 0, 0xff],
  ["i8", -0x80, 0x7f],
] as const;

/** One of the casts within a range, around an expression. */
export function cast(g: Gen, { text }: Num, low = -0x80000000, high = 0xffffffff): Num | undefined {
  const rows = casts.filter(([, least, most]) => least >= low && most <= high);
  if (rows.length === 0) return undefined;
  const [name, least, most] = g.choices.of(rows);
  return { text: `${name}(${text})`, low: least, high: most, plain: false };
}

/** The expression with a mask of so many bits, 0…31. */
export function masked({ text }: Num, bits: number): Num {
  const mask = 2 ** bits - 1;
  return { text: `(${text} & ${mask > 9 ? `0x${mask.toString(16)}` : mask})`, low: 0, high: mask, plain: true };
}

/** The expression itself where it is within ±limit, else brought there. */
export function within(g: Gen, number: Num, limit: number): Num {
  if (fits(number, -limit, limit)) return number;
  const made = cast(g, number, -limit, limit);
  return made ?? masked(number, Math.min(31, Math.max(1, Math.floor(Math.log2(limit)))));
}

/** Any number expression brought into a range. */
export function numberIn(g: Gen, low: number, high: number): Num {
  const number = g.number();
  if (fits(number, low, high) && !(number.constant && g.choices.chance(60))) return number;
  const room = Math.floor(Math.log2(high - low + 1));
  const ways: (() => Num | undefined)[] = [
    () => literalIn(g, low, high),
    () => cast(g, number, low, high),
    () => {
      if (room < 1 || room > 31) return undefined;
      const value = masked(number, room);
      return low === 0
        ? value
        : { ...value, text: `(${value.text} + ${literal(low).text})`, low, high: low + value.high };
    },
    () => ({
      text: `Math.min(Math.max(${number.text}, ${literal(low).text}), ${literal(high).text})`,
      low,
      high,
      plain: true,
    }),
    () => {
      if (low !== 0 || number.low < 0) return undefined;
      return { text: `(${number.text} % ${high + 1})`, low: 0, high, plain: true };
    },
    () => (low === 0 ? { text: `Math.abs(${number.text} % ${high + 1})`, low: 0, high, plain: true } : undefined),
    () => {
      if (low !== 0 || room < 1 || room > 31) return undefined;
      return { text: `(${number.text} >>> ${32 - room})`, low: 0, high: 2 ** room - 1, plain: true };
    },
  ];
  // At the end of the tape the first is taken, which always applies.
  return g.choices.of(ways)() ?? literalIn(g, low, high);
}

/** A number expression that is never zero. */
export function nonZero(g: Gen): Num {
  const number = g.number();
  if ((number.low > 0 || number.high < 0) && fits(number, -safe, safe)) return number;
  const ways: (() => Num)[] = [
    () => literal(g.choices.of([1, 2, 3, 7, 8, 10, 255, 256, -1, -2, -3, -8, 0xffffffff, 0x80000000])),
    () => ({ ...masked(number, 4), text: `((${number.text} & 15) + 1)`, low: 1, high: 16 }),
    () => ({ text: `((${number.text} & 7) - 9)`, low: -9, high: -2, plain: true }),
    () => ({ text: `Math.max(${number.text}, 1)`, low: 1, high: Math.max(1, number.high), plain: true }),
    () => ({ text: `(${number.text} | 1)`, low: -0x80000000, high: 0x7fffffff, plain: true }),
  ];
  // The compiler knows of `x | 1` that it is not zero only where x has no sign.
  const known = number.low >= 0 && number.high <= 0x7fffffff ? ways : ways.slice(0, 4);
  return g.choices.of(known)();
}
