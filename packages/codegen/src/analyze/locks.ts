// Calls while a spin lock is held: the kernel allows none but the one that gives the lock back (check_helper_call of
// kernel/bpf/verifier.c). A lock is held at the start of a block where one of the ways to it leaves it held.
import { type CalleeRow, callees, type Diagnostic, diagnostic, type Span } from "@typebpf/abi";
import { edgesOf, reversePostorder } from "../ir/cfg.ts";
import type { Block, BlockId, CallInst, InvokeInst, IrFunction } from "../ir/function.ts";
import { analyzeDiagnostics } from "./diagnostics.ts";

function effectsOf(inst: CallInst): CalleeRow["effects"] {
  const row: CalleeRow = callees[inst.helper];
  return row.effects;
}

/** Where the lock was taken that is held after the block. */
function heldAfter(
  block: Block,
  atStart: Span | undefined,
  found: (inst: CallInst | InvokeInst, taken: Span) => void,
): Span | undefined {
  let held = atStart;
  for (const inst of block.insts) {
    if (inst.op === "invoke" && held) found(inst, held);
    if (inst.op !== "call") continue;
    const effects = effectsOf(inst);
    if (effects.includes("releasesLock")) held = undefined;
    else if (held) found(inst, held);
    else if (effects.includes("acquiresLock")) held = inst.at;
  }
  return held;
}

/** A diagnostic for each call while a lock is held. */
export function checkLocks(fn: IrFunction, callbacks: ReadonlySet<BlockId> = new Set()): readonly Diagnostic[] {
  if (!fn.blocks.some(({ insts }) => insts.some((inst) => inst.op === "call" && inst.helper === "spinLock"))) return [];
  const order = reversePostorder(fn);
  const atStart = new Map<BlockId, Span>();
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of order) {
      const held = heldAfter(block, atStart.get(block.id), () => undefined);
      for (const edge of held ? edgesOf(block.end) : []) {
        if (!held || atStart.has(edge.block)) continue;
        atStart.set(edge.block, held);
        changed = true;
      }
    }
  }
  const found = new Map<string, Diagnostic>();
  const report = (name: string, at: Span, taken: Span): void => {
    const message = `${name} is called while a lock is held`;
    const labels = [{ at: taken, message: "the lock is taken here" }];
    found.set(`${at.file}:${at.line}:${at.column}`, diagnostic(analyzeDiagnostics.lockHeld, { at, message, labels }));
  };
  for (const block of order) {
    const { end } = block;
    const held = heldAfter(block, atStart.get(block.id), (inst, taken) =>
      report(inst.op === "call" ? callees[inst.helper].symbol : inst.function, inst.at, taken),
    );
    if (held && callbacks.has(block.id) && end.op === "branch" && end.callback)
      report(callees[end.callback.helper].symbol, end.at, held);
  }
  return [...found.values()];
}
