// MIR: BPF instructions over registers, in basic blocks. Takes its operand rules from the instruction table of `abi`
// (which fields are registers, which are read and written), so every walk over operands is a loop over one table.
// Registers 0…10 are the machine's, those from firstVirtual on are virtual and disappear in register allocation.
import { argumentRegisters, formNamed, type InsnName, type JumpOp, R0, R10, type Span, type Width } from "@typebpf/abi";
import type { BlockId, Slot, SlotId } from "../ir/function.ts";

/** 0…10: r0…r10; firstVirtual and above: virtual. */
export type Register = number;

/** The first virtual register. */
export const firstVirtual = 16;

/** True for virtual registers. */
export function isVirtual(register: Register): boolean {
  return register >= firstVirtual;
}

/** `frame_address` stands for `dst = r10; dst += offset`, with the place of the slot filled in by the emitter. */
export type MirName = InsnName | "frame_address";

export interface MirInst {
  readonly name: MirName;
  readonly dst?: Register;
  readonly src?: Register;
  /** Of a memory access, or within the slot. */
  readonly offset?: number;
  readonly imm?: number;
  /** The whole immediate of `lddw`, 0…2^64-1. */
  readonly wide?: bigint;
  /** The map of `lddw_map_fd`, or what `lddw_map_value` points into; `wide` is then the bytes from its start. */
  readonly map?: string;
  /** With `map`: it names a section of global data. */
  readonly section?: true;
  /** The function of `call_local` and `lddw_function`. */
  readonly function?: string;
  /** The kernel's function that `call_kfunc` calls, by its name in the kernel. */
  readonly kernelFunction?: string;
  /** The frame slot that r10-based accesses and `frame_address` mean; `offset` counts from its start. */
  readonly slot?: SlotId;
  /** Of calls: how many of r1…r5 it reads. */
  readonly args?: number;
  /** Stays although nobody reads the result: a copy that lets the kernel's verifier know two places hold one value. */
  readonly keep?: true;
  readonly at: Span;
}

export type MirEnd =
  | { readonly kind: "goto"; readonly to: BlockId; readonly at: Span }
  | {
      readonly kind: "branch";
      readonly op: JumpOp;
      readonly width: Width;
      readonly dst: Register;
      /** The second operand is a register, or else `imm`. */
      readonly src?: Register;
      readonly imm?: number;
      readonly then: BlockId;
      readonly else: BlockId;
      readonly at: Span;
    }
  | { readonly kind: "exit"; readonly at: Span };

export interface MirBlock {
  readonly id: BlockId;
  readonly insts: readonly MirInst[];
  readonly end: MirEnd;
}

/** A place on the stack; spill slots are made by the allocator. */
export interface FrameSlot extends Slot {
  readonly spill: boolean;
}

declare const phase: unique symbol;

/** Before register allocation. */
export type Virtual = "virtual";
/** After it: only such a function can be emitted. */
export type Physical = "physical";

/** A function in MIR; the entry is the first block. */
export interface Mir<Phase extends Virtual | Physical> {
  readonly name: string;
  readonly slots: readonly FrameSlot[];
  readonly blocks: readonly MirBlock[];
  /** How many of r1…r5 it is called with; 1 where it is not said. */
  readonly parameters?: number;
  /** Virtual registers with integers, as far as known. */
  readonly scalars?: ReadonlySet<Register>;
  readonly [phase]?: Phase;
}

/** True for calls: of helpers, of functions of the kernel, and of other functions. */
export function isCall(inst: MirInst): boolean {
  return inst.name === "call_helper" || inst.name === "call_local" || inst.name === "call_kfunc";
}

type Use = "dst" | "src" | number;

function usesOf(inst: MirInst, which: "reads" | "writes"): readonly Use[] {
  if (inst.name === "frame_address") return which === "writes" ? ["dst"] : [];
  const form = formNamed(inst.name);
  if (which === "reads" && form.action.kind === "call") return argumentRegisters.slice(0, inst.args ?? 0);
  return form[which];
}

function registersOf(inst: MirInst, which: "reads" | "writes"): readonly Register[] {
  const registers: Register[] = [];
  for (const use of usesOf(inst, which)) {
    const register = typeof use === "number" ? use : inst[use];
    if (register !== undefined && register !== R10 && !registers.includes(register)) registers.push(register);
  }
  return registers;
}

/** Registers that the instruction reads; r10 is never among them. */
export function readsOf(inst: MirInst): readonly Register[] {
  return registersOf(inst, "reads");
}

/** Registers whose contents the instruction replaces or destroys. */
export function writesOf(inst: MirInst): readonly Register[] {
  return registersOf(inst, "writes");
}

/** Registers that the end of a block reads. */
export function readsOfEnd(end: MirEnd): readonly Register[] {
  switch (end.kind) {
    case "goto":
      return [];
    case "exit":
      return [R0];
    case "branch":
      return end.src === undefined ? [end.dst] : [end.dst, end.src];
  }
}

/** Blocks that can follow. */
export function targetsOf(end: MirEnd): readonly BlockId[] {
  switch (end.kind) {
    case "goto":
      return [end.to];
    case "exit":
      return [];
    case "branch":
      return [end.then, end.else];
  }
}

/** The same instruction with its register operands renamed; r10 and implied registers stay. */
export function renameRegisters(inst: MirInst, rename: (register: Register) => Register): MirInst {
  const dst = inst.dst === undefined || inst.dst === R10 ? inst.dst : rename(inst.dst);
  const src = inst.src === undefined || inst.src === R10 ? inst.src : rename(inst.src);
  if (dst === inst.dst && src === inst.src) return inst;
  return { ...inst, ...(dst !== undefined && { dst }), ...(src !== undefined && { src }) };
}

/** The same end with its register operands renamed. */
export function renameEnd(end: MirEnd, rename: (register: Register) => Register): MirEnd {
  if (end.kind !== "branch") return end;
  return { ...end, dst: rename(end.dst), ...(end.src !== undefined && { src: rename(end.src) }) };
}

/** The same end with its targets renamed. */
export function retarget(end: MirEnd, rename: (block: BlockId) => BlockId): MirEnd {
  switch (end.kind) {
    case "goto":
      return { ...end, to: rename(end.to) };
    case "exit":
      return end;
    case "branch":
      return { ...end, then: rename(end.then), else: rename(end.else) };
  }
}

/** True when the instruction only copies a whole register to another. */
export function isMove(inst: MirInst): inst is MirInst & { readonly dst: Register; readonly src: Register } {
  return inst.name === "mov64_reg" && inst.dst !== undefined && inst.src !== undefined && inst.src !== R10;
}

/** True when it does nothing but write its destination: it may go when nobody reads that. */
export function isPure(inst: MirInst): boolean {
  if (inst.keep) return false;
  if (inst.name === "frame_address") return true;
  const { kind } = formNamed(inst.name).action;
  return kind === "alu" || kind === "byteOrder" || kind === "load" || kind === "loadWide";
}

/** True when it gives the same value wherever it stands: constants, maps, stack addresses. */
export function isRematerialisable(inst: MirInst): boolean {
  if (inst.name === "frame_address") return true;
  const { action } = formNamed(inst.name);
  return action.kind === "loadWide" || (action.kind === "alu" && action.op === "mov" && action.source === "imm");
}

/** Highest virtual register in use, or firstVirtual - 1. */
export function highestRegister(mir: Mir<Virtual>): Register {
  let highest = firstVirtual - 1;
  for (const block of mir.blocks) {
    for (const inst of block.insts) highest = Math.max(highest, inst.dst ?? 0, inst.src ?? 0);
    highest = Math.max(highest, ...readsOfEnd(block.end));
  }
  return highest;
}
