// Every pass, and each whole pipeline, gives a well-formed function with the same result as before, on random programs and inputs.
// Runs of this test: FUZZ_RUNS=20000 npx vitest run test/fuzz
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkFunction } from "../../packages/codegen/src/ir/check.ts";
import type { IrFunction } from "../../packages/codegen/src/ir/function.ts";
import { type InterpreterHost, interpret } from "../../packages/codegen/src/ir/interpret.ts";
import { printFunction } from "../../packages/codegen/src/ir/print.ts";
import { type OptimizationLevel, optimize, passes, pipelines } from "../../packages/codegen/src/passes/pipeline.ts";
import { irFunctions, variableCount } from "./ir-generator.ts";

const runs = Number(process.env.FUZZ_RUNS ?? 300);

function hostWith(inputs: readonly bigint[]): InterpreterHost {
  const memory = new DataView(new ArrayBuffer(64));
  const base = 0x1000n;
  const offset = (address: bigint): number => Number(address - base);
  return {
    allocate: () => base,
    load: (address, size) =>
      Array.from({ length: size }, (_, i) => BigInt(memory.getUint8(offset(address) + i)) << BigInt(8 * i)).reduce(
        (a, b) => a | b,
      ),
    store: (address, size, value) => {
      for (let i = 0; i < size; i++) memory.setUint8(offset(address) + i, Number((value >> BigInt(8 * i)) & 0xffn));
    },
    loadContext: (_, at) => inputs[at / 8] ?? 0n,
    map: () => 0n,
    call: () => 0n,
  };
}

/** r0 of the function on these inputs. */
function result(fn: IrFunction, inputs: readonly bigint[]): bigint {
  return interpret(fn, hostWith(inputs), 0n, 200_000).result;
}

const inputs = fc.array(
  fc.oneof(
    fc.constantFrom(0n, 1n, 0xffn, 0x80000000n, 0xffffffffn, 1n << 63n, (1n << 64n) - 1n),
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  ),
  {
    minLength: variableCount,
    maxLength: variableCount,
  },
);

function holds(run: (fn: IrFunction) => IrFunction): void {
  fc.assert(
    fc.property(irFunctions, inputs, (fn, values) => {
      const before = result(fn, values);
      const after = run(fn);
      expect(checkFunction(after), printFunction(after)).toEqual([]);
      expect(result(after, values), `${printFunction(fn)}\n=>\n${printFunction(after)}`).toBe(before);
    }),
    { numRuns: runs },
  );
}

describe("generated IR", () => {
  test("is well formed", () => {
    fc.assert(
      fc.property(irFunctions, (fn) => {
        expect(checkFunction(fn), printFunction(fn)).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
});

describe("each pass keeps the result", () => {
  test.each(Object.values(passes))("$name", (pass) => holds(pass.run));
});

describe("each level keeps the result", () => {
  test.each(Object.keys(pipelines).map(Number) as OptimizationLevel[])("-O%s", (level) => {
    holds((fn) => optimize(fn, level, { check: true }));
  });
});
