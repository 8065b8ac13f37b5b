// Where guards for the kernel's verifier go on the way that cannot happen.
import { type CalleeRow, callees } from "@typebpf/abi";
import type { Block, BlockId, IrFunction } from "../ir/function.ts";
import type { Fresh } from "../ir/rewrite.ts";

/** True where the program may hold a reserved record or a lock, which no program may end with. */
export function mayHoldRecord(fn: IrFunction): boolean {
  return fn.blocks.some((block) =>
    block.insts.some((inst) => {
      if (inst.op !== "call") return false;
      const row: CalleeRow = callees[inst.helper];
      return row.returns.is === "record" || row.effects.includes("acquiresSocket") || inst.helper === "spinLock";
    }),
  );
}

/** A block that ends the program with its type's failure value. */
export function failureBlock(fn: IrFunction, id: BlockId, fresh: Fresh): Block {
  const [entry] = fn.blocks;
  if (!entry) throw new Error("analyze: a function without blocks");
  const { at } = entry.end;
  const value = fresh.value();
  return {
    id,
    params: [],
    insts: [{ op: "const", value: BigInt.asUintN(64, BigInt(fn.failure)), result: value, type: "i64", at }],
    end: { op: "return", args: [value], at },
  };
}
