// Rewrites the function for registers that live in memory. A spilled register has a stack slot that is written after each
// definition and read before uses; how long a read value is then kept is its level in each block:
//   1  to the end of the block    2  to the next call    3  for one instruction
// Constants, maps and stack addresses have no slot: each reload makes the value again. Works on the code as it was before
// any spill, so levels can rise from round to round and no leftovers of earlier rounds remain.
import { R10, type Span } from "@typebpf/abi";
import type { BlockId, SlotId } from "../../ir/function.ts";
import { move } from "../build.ts";
import {
  isCall,
  isMove,
  type MirEnd,
  type MirInst,
  type Register,
  readsOf,
  readsOfEnd,
  renameEnd,
  renameRegisters,
  writesOf,
} from "../mir.ts";
import { findLiveness } from "./liveness.ts";
import { instsOf, type Step, type StepBlock } from "./steps.ts";

export type SpillLevel = 1 | 2 | 3;

/** A register that has no machine register throughout. */
export interface Spilled {
  /** Where its value is, or the instruction that makes it again. */
  readonly home: { readonly kind: "slot"; readonly slot: SlotId } | { readonly kind: "remake"; readonly inst: MirInst };
  level(block: BlockId): SpillLevel;
  /**
   * The register is an integer that branches check. What the kernel's verifier learns from the check reaches the slot only
   * if slot and register are known to hold one value; before Linux 6.9 a store does not tell it so, but a copy does.
   */
  readonly isChecked: boolean;
}

/** A short-lived register that holds the value of a spilled one for a while. */
export interface Piece {
  readonly origin: Register;
  readonly block: BlockId;
  readonly level: SpillLevel;
  /** Only the target of a copy that names a value: see `Spilled.isChecked`. */
  readonly isName?: true;
}

export interface Rewritten {
  readonly blocks: readonly StepBlock[];
  readonly pieces: ReadonlyMap<Register, Piece>;
}

/** Rewrites all blocks; new registers are numbered from `next`. */
export function rewriteSpills(
  blocks: readonly StepBlock[],
  spilled: ReadonlyMap<Register, Spilled>,
  next: Register,
): Rewritten {
  if (spilled.size === 0) return { blocks, pieces: new Map() };
  const { after } = findLiveness(instsOf(blocks));
  const pieces = new Map<Register, Piece>();
  let fresh = next;
  const newPiece = (piece: Piece): Register => {
    pieces.set(fresh, piece);
    return fresh++;
  };
  const rewritten = blocks.map((block) =>
    new BlockRewriter(block, spilled, newPiece).run(after.get(block.id) ?? new Set()),
  );
  return { blocks: rewritten, pieces };
}

interface Held {
  readonly piece: Register;
  /** The store of the piece's value, with what belongs to it, as long as nothing read the slot since. */
  store: readonly Step[];
}

class BlockRewriter {
  private readonly block: StepBlock;
  private readonly spilled: ReadonlyMap<Register, Spilled>;
  private readonly newPiece: (piece: Piece) => Register;
  private readonly held = new Map<Register, Held>();
  private out: Step[] = [];

  constructor(block: StepBlock, spilled: ReadonlyMap<Register, Spilled>, newPiece: (piece: Piece) => Register) {
    this.block = block;
    this.spilled = spilled;
    this.newPiece = newPiece;
  }

  run(liveAfter: ReadonlySet<Register>): StepBlock {
    this.block.steps.forEach((step, index) => {
      if (step.inst) this.inst(step, step.inst, index);
      else this.out.push(step);
    });
    const reads = readsOfEnd(this.block.end);
    for (const register of reads) if (this.spilled.has(register)) this.hold(register, this.block.end.at);
    const end: MirEnd = renameEnd(this.block.end, (register) => this.held.get(register)?.piece ?? register);
    for (const [register, { store }] of this.held) if (!liveAfter.has(register)) this.drop(store);
    return { id: this.block.id, steps: this.out, end };
  }

  private inst(step: Step, inst: MirInst, index: number): void {
    if (this.isShortcut(step, inst, index)) return;
    const reads = readsOf(inst).filter((register) => this.spilled.has(register));
    const writes = writesOf(inst).filter((register) => this.spilled.has(register));
    for (const register of reads) this.hold(register, inst.at);
    const [written] = writes;
    if (written !== undefined && this.spilled.get(written)?.home.kind === "remake") {
      this.out.push({ ...(step.of && { of: step.of }) });
      return;
    }
    for (const register of writes) if (!reads.includes(register)) this.replace(register);
    const renamed = renameRegisters(inst, (register) => this.held.get(register)?.piece ?? register);
    this.out.push({ ...step, inst: renamed });
    for (const register of writes) this.save(register, inst.at);
    const isCalling = isCall(inst);
    for (const register of [...this.held.keys()]) {
      const level = this.levelOf(register);
      if (level === 3 || (level === 2 && isCalling)) this.held.delete(register);
    }
  }

  /** Copies to and from memory without a register between, where the copied value is not wanted in one afterwards. */
  private isShortcut(step: Step, inst: MirInst, index: number): boolean {
    if (!isMove(inst)) return false;
    const target = this.spilled.get(inst.dst);
    const source = this.spilled.get(inst.src);
    if (target?.home.kind === "slot" && !source && !this.isReadAgain(inst.dst, index)) {
      const held = this.held.get(inst.dst);
      this.drop(held?.store ?? []);
      this.held.delete(inst.dst);
      this.out.push(
        { ...(step.of && { of: step.of }) },
        ...this.storing(inst.dst, target.home.slot, inst.src, inst.at),
      );
      return true;
    }
    if (source && !target && !this.held.has(inst.src) && !this.isReadAgain(inst.src, index)) {
      this.out.push({ inst: reload(source, inst.dst, inst.at) }, { ...(step.of && { of: step.of }) });
      return true;
    }
    return false;
  }

  /** True when a later instruction of the block could read the register from a piece that is made now. */
  private isReadAgain(register: Register, index: number): boolean {
    const level = this.levelOf(register);
    if (level === 3) return false;
    for (const { inst } of this.block.steps.slice(index + 1)) {
      if (!inst) continue;
      if (readsOf(inst).includes(register)) return true;
      if (writesOf(inst).includes(register) || (level === 2 && isCall(inst))) return false;
    }
    return readsOfEnd(this.block.end).includes(register);
  }

  private levelOf(register: Register): SpillLevel {
    return this.spilled.get(register)?.level(this.block.id) ?? 3;
  }

  /** Makes sure that a piece holds the register's value. */
  private hold(register: Register, at: Span): void {
    const spilled = this.spilled.get(register);
    if (!spilled || this.held.has(register)) return;
    const piece = this.newPiece({ origin: register, block: this.block.id, level: this.levelOf(register) });
    this.out.push({ inst: reload(spilled, piece, at) });
    this.held.set(register, { piece, store: [] });
  }

  /** Begins a new piece for a value that is about to be written. */
  private replace(register: Register): void {
    // Nothing read the slot since that store, and the new value replaces it.
    this.drop(this.held.get(register)?.store ?? []);
    const piece = this.newPiece({ origin: register, block: this.block.id, level: this.levelOf(register) });
    this.held.set(register, { piece, store: [] });
  }

  private save(register: Register, at: Span): void {
    const held = this.held.get(register);
    const home = this.spilled.get(register)?.home;
    if (!held || home?.kind !== "slot") return;
    this.drop(held.store);
    held.store = this.storing(register, home.slot, held.piece, at);
    this.out.push(...held.store);
  }

  private drop(steps: readonly Step[]): void {
    if (steps.length > 0) this.out = this.out.filter((step) => !steps.includes(step));
  }

  /** Writes the value of `register`, which is in `source`, to its slot. */
  private storing(register: Register, slot: SlotId, source: Register, at: Span): readonly Step[] {
    const store = { inst: storeTo(slot, source, at) };
    if (!this.spilled.get(register)?.isChecked) return [store];
    const name = this.newPiece({ origin: register, block: this.block.id, level: 3, isName: true });
    return [{ inst: { ...move(name, source, at), keep: true } }, store];
  }
}

function storeTo(slot: SlotId, src: Register, at: Span): MirInst {
  return { name: "stx_u64", dst: R10, src, slot, offset: 0, at };
}

function reload(spilled: Spilled, dst: Register, at: Span): MirInst {
  const { home } = spilled;
  return home.kind === "slot"
    ? { name: "ldx_u64", dst, src: R10, slot: home.slot, offset: 0, at }
    : { ...home.inst, dst };
}
