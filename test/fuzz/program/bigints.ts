// Bigint expressions of 64 bits: all of a module are signed or all unsigned, since the sign is part of the type.
import type { Big, Gen, Row } from "./gen.ts";
import { integerPlace, readBig } from "./places.ts";

const unsignedLiterals = [
  ...["0n", "1n", "2n", "3n", "7n", "10n", "63n", "64n", "255n", "0x80000000n", "0xffffffffn", "0x100000000n"],
  ...["0x7fffffffffffffffn", "0x8000000000000000n", "0xffffffffffffffffn", "0x123456789abcdefn"],
];
const signedLiterals = [
  ...["0n", "1n", "2n", "3n", "7n", "10n", "63n", "64n", "255n", "0x80000000n", "0xffffffffn", "0x100000000n"],
  ...["0x7fffffffffffffffn", "-1n", "-2n", "-7n", "-128n", "-0x80000000n", "-0x8000000000000000n"],
];

function bigLiteral(g: Gen): Big {
  const text = g.choices.of(g.world.signed ? signedLiterals : unsignedLiterals);
  return { text: text.startsWith("-") ? `(${text})` : text, constant: true };
}

/** Not a literal: the compiler would compute with it, and refuse what leaves 64 bits. */
function unknown(g: Gen): Big {
  const made = g.bigint();
  if (!made.constant) return made;
  const leaf = read(g) ?? variable(g);
  return leaf ?? { text: `${g.big}(${g.number().text})` };
}

function read(g: Gen): Big | undefined {
  const place = integerPlace(g, true);
  return place && { text: readBig(g, place) };
}

function variable(g: Gen): Big | undefined {
  return g.scope.bigints.length > 0 ? { text: g.choices.of(g.scope.bigints).name } : undefined;
}

const arithmetic = ["+", "-", "*", "/", "%", "&", "|", "^"] as const;

function binary(g: Gen): Big {
  const left = unknown(g);
  const right = g.bigint();
  const [first, second] = g.choices.chance(50) ? [left, right] : [right, left];
  return { text: `(${first.text} ${g.choices.of(arithmetic)} ${second.text})` };
}

function shift(g: Gen): Big {
  const count = g.choices.of(["0n", "1n", "8n", "31n", "32n", "63n", "64n", "127n", ""]);
  const value = unknown(g);
  return {
    text: `(${value.text} ${g.choices.of(["<<", ">>"])} ${count === "" ? `${g.big}(${unknown(g).text} & 127n)` : count})`,
  };
}

/** The rows, simplest first. */
export const bigints: readonly Row<Big>[] = [
  { name: "bigint literal", weight: 3, leaf: true, make: bigLiteral },
  { name: "read bigint", weight: 6, leaf: true, make: read },
  { name: "bigint variable", weight: 4, leaf: true, make: variable },
  { name: "bigint arithmetic", weight: 8, make: binary },
  { name: "bigint shift", weight: 3, make: shift },
  { name: "bigint of a number", weight: 2, make: (g) => ({ text: `${g.big}(${g.number().text})` }) },
  { name: "BigInt()", weight: 1, make: (g) => ({ text: `${g.big}(BigInt(${g.number().text} >>> 0))` }) },
  {
    name: "BigInt.asUintN",
    weight: 2,
    make: (g) => {
      const bits = g.choices.of([0, 1, 7, 8, 16, 31, 32, 33, 63, 64]);
      return { text: `BigInt.as${g.world.signed ? "I" : "Ui"}ntN(${bits}, ${unknown(g).text})` };
    },
  },
  {
    name: "bigint ? :",
    weight: 2,
    make: (g) => ({ text: `(${g.condition()} ? ${unknown(g).text} : ${g.bigint().text})` }),
  },
  {
    name: "bigint unary",
    weight: 1,
    make: (g) => ({ text: `${g.choices.of(["-", "~"])}(${unknown(g).text})` }),
  },
  {
    name: "bigint ?. ??",
    weight: 1,
    make: (g) => {
      const able = g.scope.maybes.map((one) => ({ ...one, text: `${one.text}?` }));
      const place = integerPlace(g, true, able);
      if (place?.shape.kind !== "scalar") return undefined;
      // A cast of what may be undefined is a type error: only places of the module's own kind.
      const text = readBig(g, place);
      return text === place.text ? { text: `(${text} ?? ${bigLiteral(g).text})` } : undefined;
    },
  },
];
