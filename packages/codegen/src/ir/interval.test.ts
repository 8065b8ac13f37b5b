import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluateBinary, evaluateUnary } from "./evaluate.ts";
import { bitsNeeded, exactly, full, type Interval, join, meet, signed, unsigned, widen } from "./interval.ts";
import { binaryOps, unaryOps } from "./ops.ts";
import { transferBinary, transferUnary } from "./transfer.ts";

const edges = [
  0n,
  1n,
  2n,
  31n,
  63n,
  64n,
  255n,
  256n,
  (1n << 31n) - 1n,
  1n << 31n,
  (1n << 32n) - 1n,
  1n << 32n,
  1n << 53n,
];
const word = fc.oneof(
  fc.constantFrom(...edges, ...edges.map((edge) => BigInt.asUintN(64, -edge)), (1n << 63n) - 1n, 1n << 63n),
  fc.bigInt(0n, (1n << 64n) - 1n),
  fc.bigInt(-300n, 300n).map((value) => BigInt.asUintN(64, value)),
);

function contains(interval: Interval, value: bigint): boolean {
  const asSigned = BigInt.asIntN(64, value);
  const inUnsigned = value >= interval.umin && value <= interval.umax;
  return inUnsigned && asSigned >= interval.smin && asSigned <= interval.smax;
}

/** A value and an interval around it, signed or unsigned. */
const around = fc.tuple(word, word, word, fc.boolean()).map(([value, a, b, isSigned]) => {
  const all = [value, a, b].map((one) => (isSigned ? BigInt.asIntN(64, one) : one)).sort((x, y) => (x < y ? -1 : 1));
  const [low = 0n, , high = 0n] = all;
  return { value, interval: isSigned ? signed(low, high) : unsigned(low, high) };
});

describe("transfer functions hold every result", () => {
  test.each(binaryOps)("%s", (op) => {
    fc.assert(
      fc.property(around, around, (a, b) =>
        contains(transferBinary(op, a.interval, b.interval), evaluateBinary(op, a.value, b.value)),
      ),
      { numRuns: 400 },
    );
  });

  test.each(unaryOps)("%s", (op) => {
    fc.assert(
      fc.property(around, (a) => contains(transferUnary(op, a.interval), evaluateUnary(op, a.value))),
      { numRuns: 400 },
    );
  });

  test("meet, join and widen", () => {
    fc.assert(
      fc.property(around, around, (a, b) => {
        expect(contains(join(a.interval, b.interval) ?? full, a.value)).toBe(true);
        const common = meet(a.interval, b.interval);
        expect(common !== undefined && contains(common, a.value)).toBe(contains(b.interval, a.value));
        const grown = join(a.interval, b.interval) ?? full;
        expect(contains(widen(a.interval, grown, [-5n, 0n, 255n]), b.value)).toBe(true);
      }),
    );
  });
});

test("transfer functions are precise where the language needs them", () => {
  const byte = unsigned(0n, 255n);
  expect(transferBinary("and64", full, exactly(15n))).toEqual(unsigned(0n, 15n));
  expect(transferBinary("add64", byte, exactly(1n))).toEqual(unsigned(1n, 256n));
  expect(transferBinary("sub64", byte, exactly(1n))).toEqual(signed(-1n, 254n));
  expect(transferBinary("smod64", byte, exactly(16n))).toEqual(unsigned(0n, 15n));
  expect(transferUnary("sext32", transferBinary("xor32", byte, exactly(0xffffffffn)))).toEqual(signed(-256n, -1n));
  expect(transferUnary("sext32", transferBinary("shl32", byte, exactly(8n)))).toEqual(unsigned(0n, 0xff00n));
});

test.each([
  [0n, 0n, 1],
  [0n, 255n, 8],
  [0n, 256n, 9],
  [-1n, 0n, 1],
  [-128n, 127n, 8],
  [-129n, 0n, 9],
])("%s…%s needs %i bits", (min, max, bits) => {
  expect(bitsNeeded(signed(min, max))).toBe(bits);
});
