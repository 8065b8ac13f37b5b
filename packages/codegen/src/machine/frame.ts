// Layout of the stack frame: every slot that the code uses gets a place below r10, widest alignment first so that no gaps
// arise. Takes a function after allocation; over 512 bytes (kernel: MAX_BPF_STACK) it gives the ledger instead.
import { type Diagnostic, diagnostic, limits } from "@typebpf/abi";
import type { SlotId } from "../ir/function.ts";
import { machineDiagnostics } from "./diagnostics.ts";
import type { FrameSlot, Mir, Physical } from "./mir.ts";

export interface Frame {
  /** Distance of each slot's first byte from r10: negative. */
  readonly offsets: ReadonlyMap<SlotId, number>;
  /** Bytes below r10 that are used. */
  readonly bytes: number;
}

/** Places the slots; `failure` when they do not fit. */
export function layOutFrame(mir: Mir<Physical>): { readonly frame: Frame } | { readonly failure: Diagnostic } {
  const used = new Set(
    mir.blocks.flatMap(({ insts }) => insts.flatMap(({ slot }) => (slot === undefined ? [] : [slot]))),
  );
  const slots = mir.slots
    .filter((slot) => used.has(slot.id))
    .sort((a, b) => b.align - a.align || b.size - a.size || a.id - b.id);
  const offsets = new Map<SlotId, number>();
  let bytes = 0;
  for (const slot of slots) {
    bytes = Math.ceil((bytes + slot.size) / slot.align) * slot.align;
    offsets.set(slot.id, -bytes);
  }
  return bytes > limits.stackBytes ? { failure: ledger(mir.name, slots, bytes) } : { frame: { offsets, bytes } };
}

/** Every variable and the spilled values, the largest first. */
function ledger(name: string, slots: readonly FrameSlot[], bytes: number): Diagnostic {
  const spills = slots.filter((slot) => slot.spill);
  const own = slots.filter((slot) => !slot.spill).sort((a, b) => b.size - a.size || a.id - b.id);
  const [largest] = own.length > 0 ? own : spills;
  const saved = spills.reduce((sum, slot) => sum + slot.size, 0);
  const entries = own.map((slot) => ({
    bytes: slot.size,
    text: `${slot.name}: ${slot.size} bytes (line ${slot.at.line})`,
  }));
  if (saved > 0) entries.push({ bytes: saved, text: `values that found no register: ${saved} bytes` });
  return diagnostic(machineDiagnostics.stackTooLarge, {
    message: `${name} needs ${bytes} bytes of stack; there are ${limits.stackBytes}`,
    ...(largest && { at: largest.at }),
    labels: own.slice(1, 4).map((slot) => ({ at: slot.at, message: `${slot.name}: ${slot.size} bytes` })),
    notes: entries.sort((a, b) => b.bytes - a.bytes).map((entry) => entry.text),
  });
}
