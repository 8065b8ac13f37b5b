// Which values are needed and how often: shared by the passes that remove or move instructions.
import { type CalleeRow, callees } from "@typebpf/abi";
import { argsOf, argsOfEnd, resultOf } from "../ir/cfg.ts";
import type { Inst, IrFunction, ValueId } from "../ir/function.ts";

/** How often each value is read. */
export function countUses(fn: IrFunction): ReadonlyMap<ValueId, number> {
  const counts = new Map<ValueId, number>();
  const count = (value: ValueId): void => {
    counts.set(value, (counts.get(value) ?? 0) + 1);
  };
  for (const block of fn.blocks) {
    for (const inst of block.insts) argsOf(inst).forEach(count);
    argsOfEnd(block.end).forEach(count);
  }
  return counts;
}

/** The instruction that defines each value; block parameters have none. */
export function definitions(fn: IrFunction): ReadonlyMap<ValueId, Inst> {
  const found = new Map<ValueId, Inst>();
  for (const block of fn.blocks)
    for (const inst of block.insts) {
      const result = resultOf(inst);
      if (result) found.set(result.value, inst);
    }
  return found;
}

/** The row of a helper, as the general form. */
export function helperRow(name: keyof typeof callees): CalleeRow {
  return callees[name];
}

/** True when the instruction may go where nobody reads its result. */
export function isRemovable(inst: Inst): boolean {
  switch (inst.op) {
    case "store":
    case "atomic":
    case "copy":
    case "zero":
    case "assert":
    case "invoke":
      return false;
    case "call":
      return helperRow(inst.helper).effects.every((effect) => effect === "impure");
    default:
      return true;
  }
}

/** True when the result depends on the operands alone: such an instruction may be merged, moved or repeated. */
export function isPure(inst: Inst): boolean {
  return isRemovable(inst) && inst.op !== "load" && inst.op !== "call";
}
