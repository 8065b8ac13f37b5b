// Guards for the kernel's verifier: an index that is proved here but of which the verifier loses the bounds (a remainder, a
// quotient, a swapped value) is compared once more before it is added to a pointer. The other way cannot happen and ends
// the program with its type's failure value.
import type { Block, BlockId, Inst, IrFunction, PointerAddInst, ValueId } from "../ir/function.ts";
import { singleValue } from "../ir/interval.ts";
import type { Ranges } from "../ir/ranges.ts";
import { type Fresh, freshIds } from "../ir/rewrite.ts";

/** The function with guards where `kernel` knows less of what is added to a pointer than `ranges`. */
export function guardIndices(fn: IrFunction, ranges: Ranges, kernel: Ranges): IrFunction {
  const fresh = freshIds(fn);
  const failure = fresh.block();
  const blocks = fn.blocks.flatMap((block) => guardBlock(block, failure, fresh, ranges, kernel));
  if (blocks.length === fn.blocks.length) return fn;
  const value = fresh.value();
  const { at } = blocks[0]?.end ?? { at: undefined };
  if (!at) return fn;
  const constant: Inst = { op: "const", value: BigInt.asUintN(64, BigInt(fn.failure)), result: value, type: "i64", at };
  const end: Block = { id: failure, params: [], insts: [constant], end: { op: "return", args: [value], at } };
  return { ...fn, blocks: [...blocks, end] };
}

/** The greatest value of what is added, where the verifier does not know it. */
function unknownLimit(inst: Inst, block: BlockId, ranges: Ranges, kernel: Ranges): bigint | undefined {
  if (inst.op !== "ptradd" || !ranges.isReachable(block)) return undefined;
  const bytes = inst.args[1];
  const [ours, theirs] = [ranges.at(bytes, block), kernel.at(bytes, block)];
  if (singleValue(theirs) !== undefined || ours.smin < 0n) return undefined;
  return theirs.umax > ours.umax ? ours.umax : undefined;
}

function guardBlock(block: Block, failure: BlockId, fresh: Fresh, ranges: Ranges, kernel: Ranges): readonly Block[] {
  const done: Block[] = [];
  const guarded = new Set<ValueId>();
  let open: { readonly id: BlockId; readonly params: Block["params"]; readonly insts: Inst[] } = {
    id: block.id,
    params: block.params,
    insts: [],
  };
  for (const inst of block.insts) {
    const limit = unknownLimit(inst, block.id, ranges, kernel);
    if (limit !== undefined && inst.op === "ptradd" && !guarded.has(inst.args[1])) {
      guarded.add(inst.args[1]);
      const next = fresh.block();
      done.push({ ...open, ...leave(open.insts, inst, limit, fresh, failure, next) });
      open = { id: next, params: [], insts: [] };
    }
    open.insts.push(inst);
  }
  return [...done, { ...open, end: block.end }];
}

function leave(
  insts: readonly Inst[],
  inst: PointerAddInst,
  limit: bigint,
  fresh: Fresh,
  failure: BlockId,
  next: BlockId,
): Pick<Block, "insts" | "end"> {
  const { at } = inst;
  const constant = fresh.value();
  return {
    insts: [...insts, { op: "const", value: limit, result: constant, type: "i64", at }],
    end: {
      op: "branch",
      compare: "ugt64",
      args: [inst.args[1], constant],
      then: { block: failure, args: [] },
      else: { block: next, args: [] },
      at,
    },
  };
}
