// On random functions and inputs: every value lies in the range that analysis gives it where it is made and where it is
// used, loops turn back no more often than their bound, and merging congruent values changes no result.
// More runs: FUZZ_RUNS=20000 npx vitest run packages/codegen/src/ir/ranges.fuzz.test.ts
import fc from "fast-check";
import { expect, test } from "vitest";
import { irFunctions, variableCount } from "../../../../test/fuzz/ir-generator.ts";
import { settle } from "../analyze/settle.ts";
import { simplifyControlFlow } from "../passes/cfg.ts";
import { argsOf, argsOfEnd, resultOf, valueTypes } from "./cfg.ts";
import { checkFunction } from "./check.ts";
import { mergeCongruent } from "./congruence.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "./function.ts";
import { type InterpreterHost, interpret } from "./interpret.ts";
import type { Loop } from "./loops.ts";
import { printFunction } from "./print.ts";
import { computeRanges } from "./ranges.ts";
import { freshIds, mapEdges } from "./rewrite.ts";

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

/** The function with a call on each edge to a loop's header, that says whether it is one back. */
function counted(fn: IrFunction, loops: readonly Loop[]): IrFunction {
  const fresh = freshIds(fn);
  const blocks = fn.blocks.flatMap((block): readonly Block[] => {
    const added: Block[] = [];
    const end = mapEdges(block.end, (edge) => {
      const loop = loops.find((one) => one.header === edge.block);
      if (!loop) return edge;
      const [header, isBack, result, id] = [fresh.value(), fresh.value(), fresh.value(), fresh.block()];
      const insts: readonly Inst[] = [
        { op: "const", value: BigInt(loop.header), result: header, type: "i64", at },
        { op: "const", value: loop.blocks.has(block.id) ? 1n : 0n, result: isBack, type: "i64", at },
        { op: "call", helper: "ktimeGetNs", args: [header, isBack], result, type: "i64", at },
      ];
      added.push({ id, params: [], insts, end: { op: "jump", to: edge, at } });
      return { block: id, args: [] };
    });
    return [{ ...block, end }, ...added];
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

/** As generated, and without the parameters that pass a value on: then branches say something of the values below them. */
const shapes = { "as generated": (fn: IrFunction) => fn, simplified: simplifyControlFlow };

test.each(Object.entries(shapes))("every value lies in its range: %s", (_, shape) => {
  fc.assert(
    fc.property(irFunctions, inputs, (generated, values) => {
      const fn = shape(generated);
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

test("loops turn back no more often than their bound", () => {
  fc.assert(
    fc.property(irFunctions, inputs, (generated, values) => {
      const fn = simplifyControlFlow(generated);
      const ranges = computeRanges(fn);
      const turns = new Map<number, bigint>();
      const host = hostWith(values, ([header = 0n, isBack = 0n]) => {
        const before = turns.get(Number(header)) ?? 0n;
        turns.set(Number(header), isBack === 0n ? 0n : before + 1n);
        const most = ranges.trips(Number(header));
        if (most !== undefined) expect(turns.get(Number(header)), printFunction(fn)).toBeLessThanOrEqual(most);
      });
      interpret(counted(fn, ranges.loops), host, 0n, 2_000_000);
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
