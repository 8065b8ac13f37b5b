// Whether instructions can run in a circle: a jump to an instruction that leads to the jump again. A jump back alone is no
// loop; kernels before 5.3 refuse exactly these (check_cfg of kernel/bpf/verifier.c).
import { endsFlow, slotReference } from "./control-flow.ts";
import { type Insn, slotsOf } from "./insn.ts";
import { formOf } from "./opcodes.ts";

/** Where execution may go on after each instruction, by slot. */
function successors(insns: readonly Insn[]): ReadonlyMap<number, readonly number[]> {
  const next = new Map<number, number[]>();
  let slot = 0;
  for (const insn of insns) {
    const form = formOf(insn);
    const after = slot + slotsOf(insn);
    const to = form && endsFlow(form) ? [] : [after];
    // The kernel bounds `may_goto` itself.
    const reference = form && form.action.kind !== "mayGoto" ? slotReference(form, insn, slot) : undefined;
    if (reference?.kind === "jump") to.push(reference.slot);
    next.set(slot, to);
    slot = after;
  }
  return next;
}

/** The slot of a jump that closes a loop; undefined where there is none. */
export function loopIn(insns: readonly Insn[]): number | undefined {
  const next = successors(insns);
  const state = new Map<number, "open" | "done">();
  for (const start of next.keys()) {
    if (state.has(start)) continue;
    const path: { readonly slot: number; done: number }[] = [{ slot: start, done: 0 }];
    state.set(start, "open");
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const to = next.get(top.slot)?.[top.done];
      top.done += 1;
      if (to === undefined) {
        state.set(top.slot, "done");
        path.pop();
      } else if (state.get(to) === "open") return top.slot;
      else if (!state.has(to) && next.has(to)) {
        state.set(to, "open");
        path.push({ slot: to, done: 0 });
      }
    }
  }
  return undefined;
}
