// Whether a lowered function may move packet data, itself or by what it calls.
import { type CalleeRow, callees } from "@typebpf/abi";
import type { IrFunction } from "../ir/function.ts";

/** True when packet pointers made before a call of the function are dead after it. */
export function movesPackets(fn: IrFunction): boolean {
  return fn.blocks.some(({ insts }) =>
    insts.some((inst) => {
      if (inst.op === "invoke") return inst.movesPackets;
      if (inst.op !== "call") return false;
      const row: CalleeRow = callees[inst.helper];
      return row.effects.includes("invalidatesPackets");
    }),
  );
}
