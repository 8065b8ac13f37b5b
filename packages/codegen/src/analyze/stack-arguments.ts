// Functions with more than five parameters: the kernel passes five registers, so the caller leaves what is behind the fourth in
// its own frame, 8 bytes each, and passes the place. Runs when everything is proved; values lose nothing in 8 bytes, and the
// kernel's verifier keeps what it knows of a pointer that is stored whole (kernel/bpf/verifier.c, is_spillable_regtype).
import { argumentRegisters } from "@typebpf/abi";
import { entryOf } from "../ir/cfg.ts";
import type { Block, Inst, InvokeInst, IrFunction, Slot, SlotId, ValueId } from "../ir/function.ts";
import { type Fresh, freshIds } from "../ir/rewrite.ts";

/** How many values stay in registers where not all do. */
const kept = argumentRegisters.length - 1;
const bytes = 8;

/** The functions with at most five parameters each. */
export function passOnStack(functions: readonly IrFunction[]): readonly IrFunction[] {
  const isLong = (args: readonly unknown[]): boolean => args.length > argumentRegisters.length;
  const long = functions.some((fn) => isLong(entryOf(fn).params));
  return long ? functions.map((fn) => calling(isLong(entryOf(fn).params) ? called(fn) : fn, isLong)) : functions;
}

/** Reads the parameters that are not in registers. */
function called(fn: IrFunction): IrFunction {
  const [entry, ...others] = fn.blocks;
  if (!entry) return fn;
  const place = freshIds(fn).value();
  const { at } = entry.insts[0] ?? entry.end;
  const loads = entry.params.slice(kept).map(({ value, type }, index): Inst => {
    return { op: "load", size: bytes, signed: false, offset: index * bytes, args: [place], result: value, type, at };
  });
  const params = [...entry.params.slice(0, kept), { value: place, type: "ptr.stack", aligned: true } as const];
  return { ...fn, blocks: [{ ...entry, params, insts: [...loads, ...entry.insts] }, ...others] };
}

/** Leaves the arguments of long calls in one place, which each call fills anew. */
function calling(fn: IrFunction, isLong: (args: readonly unknown[]) => boolean): IrFunction {
  const calls = fn.blocks.flatMap(({ insts }) => insts.filter((inst) => inst.op === "invoke" && isLong(inst.args)));
  const [first] = calls;
  if (!first) return fn;
  const most = calls.reduce((longest, call) => Math.max(longest, "args" in call ? call.args.length : 0), 0);
  const id = fn.slots.reduce((highest, slot) => Math.max(highest, slot.id), -1) + 1;
  const slot: Slot = { id, size: (most - kept) * bytes, align: bytes, name: "arguments of calls", at: first.at };
  const fresh = freshIds(fn);
  const blocks = fn.blocks.map((block): Block => {
    const insts = block.insts.flatMap((inst) =>
      inst.op === "invoke" && isLong(inst.args) ? longCall(inst, id, fresh) : [inst],
    );
    return { ...block, insts };
  });
  return { ...fn, slots: [...fn.slots, slot], blocks };
}

function longCall(inst: InvokeInst, slot: SlotId, fresh: Fresh): readonly Inst[] {
  const { at } = inst;
  const place: ValueId = fresh.value();
  const stores = inst.args.slice(kept).map((arg, index): Inst => {
    return { op: "store", size: bytes, offset: index * bytes, args: [place, arg], at };
  });
  const address: Inst = { op: "slot", slot, result: place, type: "ptr.stack", at };
  return [address, ...stores, { ...inst, args: [...inst.args.slice(0, kept), place] }];
}
