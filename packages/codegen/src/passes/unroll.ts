// Unrolling: a loop whose number of rounds is a small constant is peeled once per round and once more, after which simplification finds
// every test decided and the loop itself unreachable. By cost: rounds times instructions.
import { edgesOf } from "../ir/cfg.ts";
import { evaluateBinary, evaluateCompare } from "../ir/evaluate.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "../ir/function.ts";
import { findLoops, type Loop } from "../ir/loops.ts";
import { type BinaryOp, binaryOps } from "../ir/ops.ts";
import { freshIds, mapBlocks, mapEdges } from "../ir/rewrite.ts";
import { simplifyControlFlow } from "./cfg.ts";
import { cloneBlocks } from "./clone.ts";
import { removeDeadCode } from "./dce.ts";
import { simplify } from "./simplify.ts";
import { definedIn, repair } from "./ssa-repair.ts";
import { definitions } from "./uses.ts";

/** Most rounds that are unrolled. */
const maxRounds = 16;
/** Most instructions that unrolling one loop may make. */
const maxInstructions = 256;
/** Bounds the work on one function. */
const maxLoops = 32;

const binarySet: ReadonlySet<string> = new Set(binaryOps);

/** The function with small constant loops unrolled, inner ones first. */
export function unrollLoops(fn: IrFunction): IrFunction {
  let current = fn;
  for (let count = 0; count < maxLoops; count++) {
    const found = findCandidate(current);
    if (!found) return current;
    const { header } = found.loop;
    for (let round = 0; round <= found.rounds; round++) {
      const loop = findLoops(current).find((one) => one.header === header);
      if (!loop) break;
      current = peel(current, loop);
    }
    current = removeDeadCode(
      simplifyControlFlow(simplify(simplifyControlFlow(simplify(simplifyControlFlow(current))))),
    );
  }
  return current;
}

interface Candidate {
  readonly loop: Loop;
  readonly rounds: number;
}

function findCandidate(fn: IrFunction): Candidate | undefined {
  const loops = findLoops(fn);
  const blocks = new Map(fn.blocks.map((block) => [block.id, block]));
  for (const loop of [...loops].reverse()) {
    const isInnermost = !loops.some((other) => other !== loop && loop.blocks.has(other.header));
    const rounds = isInnermost ? roundsOf(fn, loop, blocks) : undefined;
    const size = [...loop.blocks].reduce((sum, id) => sum + (blocks.get(id)?.insts.length ?? 0) + 1, 0);
    if (rounds !== undefined && rounds <= maxRounds && rounds * size <= maxInstructions) return { loop, rounds };
  }
  return undefined;
}

/** Rounds of a loop whose header tests a parameter that starts constant and grows by a constant. */
function roundsOf(fn: IrFunction, loop: Loop, blocks: ReadonlyMap<BlockId, Block>): number | undefined {
  const header = blocks.get(loop.header);
  if (header?.end.op !== "branch") return undefined;
  const { end } = header;
  const defs = definitions(fn);
  const index = header.params.findIndex((param) => end.args.includes(param.value));
  const counter = header.params[index];
  const limit = constantOf(defs, end.args[0] === counter?.value ? end.args[1] : end.args[0]);
  if (!counter || limit === undefined) return undefined;
  const starts = new Set<bigint | undefined>();
  const steps = new Set<string | undefined>();
  for (const block of fn.blocks)
    for (const edge of edgesOf(block.end)) {
      if (edge.block !== loop.header) continue;
      const passed = edge.args[index] ?? -1;
      if (loop.blocks.has(block.id)) steps.add(stepOf(defs, passed, counter.value));
      else starts.add(constantOf(defs, passed));
    }
  const [start] = starts;
  const [step] = steps;
  if (starts.size !== 1 || steps.size !== 1 || start === undefined || step === undefined) return undefined;
  const staysWhen = loop.blocks.has(end.then.block);
  if (staysWhen === loop.blocks.has(end.else.block)) return undefined;
  const [op, amount] = step.split(" ");
  let value = start;
  for (let round = 0; round <= maxRounds; round++) {
    const pair = end.args[0] === counter.value ? ([value, limit] as const) : ([limit, value] as const);
    if (evaluateCompare(end.compare, ...pair) !== staysWhen) return round;
    value = evaluateBinary(op as BinaryOp, value, BigInt(amount ?? 0));
  }
  return undefined;
}

function constantOf(defs: ReadonlyMap<ValueId, Inst>, value: ValueId): bigint | undefined {
  const inst = defs.get(value);
  return inst?.op === "const" ? inst.value : undefined;
}

/** "add64 1" where `value` is the counter plus a constant. */
function stepOf(defs: ReadonlyMap<ValueId, Inst>, value: ValueId, counter: ValueId): string | undefined {
  const inst = defs.get(value);
  if (!inst || !binarySet.has(inst.op) || !("args" in inst) || inst.args[0] !== counter) return undefined;
  const amount = constantOf(defs, inst.args[1] ?? -1);
  return amount === undefined ? undefined : `${inst.op} ${amount}`;
}

/** Puts a copy of the loop before it: entering the loop enters the copy, whose end of a round enters the loop. */
export function peel(fn: IrFunction, loop: Loop): IrFunction {
  const clone = cloneBlocks(fn, loop.blocks, new Set([loop.header]), freshIds(fn));
  const first = clone.blockOf.get(loop.header);
  if (first === undefined) throw new Error("unroll: a loop without its header");
  const entered = mapBlocks(fn, (block) =>
    loop.blocks.has(block.id)
      ? block
      : {
          ...block,
          end: mapEdges(block.end, (edge) => (edge.block === loop.header ? { ...edge, block: first } : edge)),
        },
  );
  const redefined = fn.blocks
    .filter((block) => loop.blocks.has(block.id))
    .flatMap((block) =>
      definedIn(block).map((defined) => ({
        value: defined.value,
        type: defined.type,
        home: block.id,
        others: new Map([[clone.blockOf.get(block.id) ?? -1, clone.valueOf.get(defined.value) ?? -1]]),
      })),
    );
  return repair({ ...entered, blocks: [...entered.blocks, ...clone.blocks] }, redefined);
}
