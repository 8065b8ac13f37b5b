// Where an instruction leads. Positions and distances count slots, not instructions (RFC 9669 section 4.3): a
// distance of 0 is the slot behind the instruction's first one.
import type { InsnForm } from "./form.ts";
import type { Insn } from "./insn.ts";

/** A position that an instruction names: to jump there, or as the start of a function. */
export interface SlotReference {
  readonly kind: "jump" | "function";
  /** May lie outside the program: nothing is checked here. */
  readonly slot: number;
}

/** The position that the instruction at `slot` names, if it names one. */
export function slotReference(form: InsnForm, insn: Insn, slot: number): SlotReference | undefined {
  const { action } = form;
  switch (action.kind) {
    case "branch":
    case "mayGoto":
      return { kind: "jump", slot: slot + 1 + insn.offset };
    case "goto":
      return { kind: "jump", slot: slot + 1 + (action.distance === "imm" ? insn.imm : insn.offset) };
    case "call":
      return action.target === "local" ? { kind: "function", slot: slot + 1 + insn.imm } : undefined;
    case "loadWide":
      return action.source === "function" ? { kind: "function", slot: slot + 1 + insn.imm } : undefined;
    default:
      return undefined;
  }
}

/** True when execution never goes on with the next slot. */
export function endsFlow(form: InsnForm): boolean {
  return form.action.kind === "exit" || form.action.kind === "goto";
}
