// On random functions and inputs: every value lies in the range that analysis gives it where it is made and where it is
// used, loops turn back no more often than their bound, and merging congruent values changes no result.
// More runs: FUZZ_RUNS=20000 npx vitest run packages/codegen/src/ir/ranges.fuzz.test.ts
import fc from "fast-check";
import { expect, test } from "vitest";
import { irFunctions, variableCount } from "../../../../test/fuzz/ir-generator.ts";
import { settle } from "../analyze/settle.ts";
import { argsOf, argsOfEnd, resultOf, valueTypes } from "./cfg.ts";
import { checkFunction } from "./check.ts";
import { mergeCongruent } from "./congruence.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "./function.ts";
import { type InterpreterHost, interpret } from "./interpret.ts";
import { printFunction } from "./print.ts";
import { computeRanges } from "./ranges.ts";
import { freshIds } from "./rewrite.ts";

const runs = Number(process.env.FUZZ_RUNS ?? 200);
const at = { file: "fuzz", line: 1, column: 1, length: 1 };

function hostWith(inputs: readonly bigint[], watch: (args: readonly bigint[]) => void): InterpreterHost {
  const memory = new DataView(new ArrayBuffer(64));
  const offset = (address: bigint): number => Number(address - 0x1000n);
  return {
    allocate: () => 0x1000n,
    load: (address, size) => {
      let value = 0n;
      for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(memory.getUint8(offset(address) + i));
      return value;
    },
    store: (address, size, value) => {
      for (let i = 0; i < size; i++) memory.setUint8(offset(address) + i, Number((value >> BigInt(8 * i)) & 0xffn));
    },
    loadContext: (_, place) => inputs[place / 8] ?? 0n,
    map: () => 0n,
    call: (_, args) => {
      watch(args);
      return 0n;
    },
  };
}

/** The function with a call that reports every integer where it is made and used, with the block's number. */
function watched(fn: IrFunction): IrFunction {
  const types = valueTypes(fn);
  const fresh = freshIds(fn);
  const report = (value: ValueId, block: BlockId): readonly Inst[] => {
    if (types.get(value) !== "i64") return [];
    const [name, place, result] = [fresh.value(), fresh.value(), fresh.value()];
    return [
      { op: "const", value: BigInt(value), result: name, type: "i64", at },
      { op: "const", value: BigInt(block), result: place, type: "i64", at },
      { op: "call", helper: "ktimeGetNs", args: [name, place, value], result, type: "i64", at },
    ];
  };
  const blocks = fn.blocks.map((block): Block => {
    const insts = [
      ...block.params.flatMap((param) => report(param.value, block.id)),
      ...block.insts.flatMap((inst) => {
        const result = resultOf(inst);
        const before = argsOf(inst).flatMap((arg) => report(arg, block.id));
        return [...before, inst, ...(result ? report(result.value, block.id) : [])];
      }),
      ...argsOfEnd(block.end).flatMap((arg) => report(arg, block.id)),
    ];
    return { ...block, insts };
  });
  return { ...fn, blocks };
}

const inputs = fc.array(
  fc.oneof(
    fc.constantFrom(0n, 1n, 0xffn, 0x80000000n, 0xffffffffn, 1n << 63n, (1n << 64n) - 1n),
    fc.bigInt(0n, 300n),
    fc.bigInt(0n, (1n << 64n) - 1n),
  ),
  { minLength: variableCount, maxLength: variableCount },
);

test("every value lies in its range", () => {
  fc.assert(
    fc.property(irFunctions, inputs, (fn, values) => {
      const ranges = computeRanges(fn);
      const wrong: string[] = [];
      const host = hostWith(values, ([name = 0n, block = 0n, value = 0n]) => {
        const range = ranges.at(Number(name), Number(block));
        const signed = BigInt.asIntN(64, value);
        const inside = value >= range.umin && value <= range.umax && signed >= range.smin && signed <= range.smax;
        if (!inside || !ranges.isReachable(Number(block))) wrong.push(`v${name} in b${block} is ${signed}`);
      });
      interpret(watched(fn), host, 0n, 2_000_000);
      expect(wrong, printFunction(fn)).toEqual([]);
    }),
    { numRuns: runs },
  );
});

test("merging congruent values and settling keep the result", () => {
  const quiet = (): void => undefined;
  fc.assert(
    fc.property(irFunctions, inputs, (fn, values) => {
      const before = interpret(fn, hostWith(values, quiet), 0n, 400_000).result;
      const merged = mergeCongruent(fn);
      expect(checkFunction(merged), printFunction(merged)).toEqual([]);
      expect(interpret(merged, hostWith(values, quiet), 0n, 400_000).result, printFunction(fn)).toBe(before);
      const settled = settle(merged, computeRanges(merged));
      expect(checkFunction(settled), printFunction(settled)).toEqual([]);
      expect(interpret(settled, hostWith(values, quiet), 0n, 400_000).result, printFunction(fn)).toBe(before);
    }),
    { numRuns: runs },
  );
});
