// Guards for the kernel's verifier: an index that is proved here but of which the verifier loses the bounds (a remainder, a
// quotient, a swapped value) is compared once more before it is added to a pointer. The other way cannot happen and ends
// the program with its type's failure value; in a program that may hold a reserved record, which no program may end with,
// it goes on with the greatest index.
import type { Block, BlockId, Inst, IrFunction, PointerAddInst, ValueId } from "../ir/function.ts";
import { singleValue } from "../ir/interval.ts";
import type { Ranges } from "../ir/ranges.ts";
import { type Fresh, freshIds } from "../ir/rewrite.ts";
import { failureBlock, mayHoldRecord } from "./failure.ts";

/** What a guard is made of. `failure` is where the impossible way goes, absent where it goes on. */
interface Guarding {
  readonly fresh: Fresh;
  readonly failure: BlockId | undefined;
}

/** The function with guards where `kernel` knows less of what is added to a pointer than `ranges`. */
export function guardIndices(fn: IrFunction, ranges: Ranges, kernel: Ranges): IrFunction {
  const fresh = freshIds(fn);
  const failure = mayHoldRecord(fn) ? undefined : fresh.block();
  const blocks = fn.blocks.flatMap((block) => guardBlock(block, { fresh, failure }, ranges, kernel));
  if (blocks.length === fn.blocks.length) return fn;
  if (failure === undefined) return { ...fn, blocks };
  return { ...fn, blocks: [...blocks, failureBlock(fn, failure, fresh)] };
}

/** The greatest value of what is added, where the verifier does not know it. */
function unknownLimit(inst: Inst, block: BlockId, ranges: Ranges, kernel: Ranges): bigint | undefined {
  if (inst.op !== "ptradd" || !ranges.isReachable(block)) return undefined;
  const bytes = inst.args[1];
  const [ours, theirs] = [ranges.at(bytes, block), kernel.at(bytes, block)];
  if (singleValue(theirs) !== undefined || ours.smin < 0n) return undefined;
  return theirs.umax > ours.umax ? ours.umax : undefined;
}

function guardBlock(block: Block, guarding: Guarding, ranges: Ranges, kernel: Ranges): readonly Block[] {
  const done: Block[] = [];
  /** What stands for a guarded value in the rest of the block. */
  const guarded = new Map<ValueId, ValueId>();
  let open: { readonly id: BlockId; readonly params: Block["params"]; readonly insts: Inst[] } = {
    id: block.id,
    params: block.params,
    insts: [],
  };
  for (const inst of block.insts) {
    const limit = unknownLimit(inst, block.id, ranges, kernel);
    if (limit !== undefined && inst.op === "ptradd" && !guarded.has(inst.args[1])) {
      const guard = leave(open.insts, inst, limit, guarding);
      guarded.set(inst.args[1], guard.value);
      done.push({ ...open, ...guard.left }, ...guard.between);
      open = guard.next;
    }
    open.insts.push(withGuarded(inst, guarded));
  }
  return [...done, { ...open, end: block.end }];
}

function withGuarded(inst: Inst, guarded: ReadonlyMap<ValueId, ValueId>): Inst {
  if (inst.op !== "ptradd") return inst;
  const [pointer, bytes] = inst.args;
  return { ...inst, args: [pointer, guarded.get(bytes) ?? bytes] };
}

interface Guard {
  readonly left: Pick<Block, "insts" | "end">;
  readonly between: readonly Block[];
  readonly next: { readonly id: BlockId; readonly params: Block["params"]; readonly insts: Inst[] };
  /** What is added in the next block. */
  readonly value: ValueId;
}

function leave(insts: readonly Inst[], inst: PointerAddInst, limit: bigint, { fresh, failure }: Guarding): Guard {
  const { at } = inst;
  const [, bytes] = inst.args;
  const [constant, next] = [fresh.value(), fresh.block()];
  const value = failure === undefined ? fresh.value() : bytes;
  const isClamped = value !== bytes;
  const otherwise = failure ?? fresh.block();
  const clamp: Block = {
    id: otherwise,
    params: [],
    insts: [],
    end: { op: "jump", to: { block: next, args: [constant] }, at },
  };
  return {
    left: {
      insts: [...insts, { op: "const", value: limit, result: constant, type: "i64", at }],
      end: {
        op: "branch",
        compare: "ugt64",
        args: [bytes, constant],
        then: { block: otherwise, args: [] },
        else: { block: next, args: isClamped ? [bytes] : [] },
        at,
      },
    },
    between: isClamped ? [clamp] : [],
    next: { id: next, params: isClamped ? [{ value, type: "i64" }] : [], insts: [] },
    value,
  };
}
