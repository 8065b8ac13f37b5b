// Emission: MIR over machine registers to instructions, with jump distances, stack offsets, source lines and relocations.
// Takes blocks in their final order. Jumps span 16 bits; longer ones become `gotol` where the instruction set has it
// (version 4) and are refused where not.
import {
  type Diagnostic,
  diagnostic,
  type Insn,
  type InsnName,
  instruction,
  type JumpOp,
  type LineEntry,
  loadWide,
  R10,
  type Relocation,
  type Span,
  slotsOf,
} from "@typebpf/abi";
import type { BlockId } from "../ir/function.ts";
import { machineDiagnostics } from "./diagnostics.ts";
import { loopsOf, reversePostorderOf } from "./flow.ts";
import type { Frame } from "./frame.ts";
import type { Mir, MirBlock, MirEnd, MirInst, Physical } from "./mir.ts";

/** One program's code. */
export interface EmittedProgram {
  readonly name: string;
  readonly insns: readonly Insn[];
  readonly lines: readonly LineEntry[];
  readonly relocations: readonly Relocation[];
  readonly stackBytes: number;
  /** Names of the parameters of a function that is no program. */
  readonly parameters?: readonly string[];
}

/** An instruction in its place, or a jump whose distance is not known yet. */
type Item =
  | { readonly kind: "insn"; readonly insn: Insn; readonly refers?: (slot: number) => Relocation; readonly at: Span }
  | {
      readonly kind: "jump";
      readonly to: BlockId;
      readonly at: Span;
      readonly make: (distance: number) => Insn;
      readonly far: (distance: number) => readonly Insn[];
    };

type Branch = Extract<MirEnd, { kind: "branch" }>;

const OPPOSITE: Readonly<Partial<Record<JumpOp, JumpOp>>> = {
  jeq: "jne",
  jne: "jeq",
  jgt: "jle",
  jle: "jgt",
  jge: "jlt",
  jlt: "jge",
  jsgt: "jsle",
  jsle: "jsgt",
  jsge: "jslt",
  jslt: "jsge",
};

/** Conditions that version 1 of the instruction set lacks. */
const SINCE_2: ReadonlySet<JumpOp> = new Set<JumpOp>(["jlt", "jle", "jslt", "jsle"]);

/** What the target kernel takes. */
export interface EmitOptions {
  /** Instruction set version. */
  readonly isa: 1 | 2 | 3 | 4;
  /** Loops may be closed without a jump: before Linux 6.7, check_cfg refuses to fall back to an earlier block. */
  readonly fallingLoops?: boolean;
}

/** Emits for a kernel. `failure` when a jump does not reach. */
export function emit(
  mir: Mir<Physical>,
  frame: Frame,
  { isa, fallingLoops = false }: EmitOptions,
): { readonly program: EmittedProgram } | { readonly failure: Diagnostic } {
  const items: Item[] = [];
  const labels = new Map<BlockId, number>();
  const loops = fallingLoops ? undefined : loopsOf(reversePostorderOf(mir.blocks));
  mir.blocks.forEach((block, index) => {
    labels.set(block.id, items.length);
    for (const inst of block.insts) items.push(...itemsOf(inst, frame));
    const next = mir.blocks[index + 1]?.id;
    // The jump that closes a loop goes nowhere; the kernel removes it when it has seen it.
    const closes = block.end.kind === "goto" && loops?.get(block.end.to)?.has(block.id) === true;
    items.push(...endItems(block, closes ? undefined : next, isa));
  });
  const placed = place(items, labels);
  const far = placed.far.values().next().value;
  if (far !== undefined && isa < 4) {
    const message = `a jump in ${mir.name} spans more than 32767 instruction slots`;
    const at = items[far]?.at;
    return { failure: diagnostic(machineDiagnostics.jumpTooFar, { message, ...(at && { at }) }) };
  }
  return { program: { name: mir.name, ...assemble(items, labels, placed), stackBytes: frame.bytes } };
}

function itemsOf(inst: MirInst, frame: Frame): readonly Item[] {
  const { at, name } = inst;
  const base = inst.slot === undefined ? 0 : frame.offsets.get(inst.slot);
  if (base === undefined) throw new Error(`emit: slot ${inst.slot} has no place`);
  const offset = base + (inst.offset ?? 0);
  const item = (insn: Insn): Item => ({ kind: "insn", insn, at });
  if (name === "frame_address") {
    const dst = inst.dst ?? 0;
    const copy = item(instruction("mov64_reg", { dst, src: R10 }));
    return offset === 0 ? [copy] : [copy, item(instruction("add64_imm", { dst, imm: offset }))];
  }
  if (name === "lddw") return [item(loadWide(inst.dst ?? 0, inst.wide ?? 0n))];
  const insn = instruction(name, {
    ...(inst.dst !== undefined && { dst: inst.dst }),
    ...(inst.src !== undefined && { src: inst.src }),
    ...(inst.offset !== undefined && { offset }),
    ...(inst.imm !== undefined && { imm: inst.imm }),
  });
  const refers = referenceOf(inst);
  return [{ kind: "insn", insn, at, ...(refers && { refers }) }];
}

/** What a loader must fill in. */
function referenceOf(inst: MirInst): ((slot: number) => Relocation) | undefined {
  const { name, map, section, wide = 0n, function: callee, kernelFunction } = inst;
  if (kernelFunction !== undefined) return (slot) => ({ kind: "kernelFunction", slot, name: kernelFunction });
  if (callee !== undefined)
    return (slot) => ({ kind: name === "call_local" ? "call" : "function", slot, function: callee });
  if (map === undefined) return undefined;
  const offset = Number(wide);
  if (name !== "lddw_map_value") return (slot) => ({ kind: "map", slot, map });
  if (section) return (slot) => ({ kind: "data", slot, section: map, offset });
  return (slot) => ({ kind: "mapValue", slot, map, offset });
}

function endItems({ end }: MirBlock, next: BlockId | undefined, isa: 1 | 2 | 3 | 4): readonly Item[] {
  const { at } = end;
  switch (end.kind) {
    case "exit":
      return [{ kind: "insn", insn: instruction("exit"), at }];
    case "goto":
      return end.to === next ? [] : [goto(end.to, at)];
    case "branch": {
      if (end.else === next) return [branch(end, end.op, end.then)];
      const opposite = OPPOSITE[end.op];
      const exists = opposite !== undefined && (isa >= 2 || !SINCE_2.has(opposite));
      if (end.then === next && exists) return [branch(end, opposite, end.else)];
      return [branch(end, end.op, end.then), goto(end.else, at)];
    }
  }
}

function goto(to: BlockId, at: Span): Item {
  const make = (distance: number): Insn => instruction("ja", { offset: distance });
  return { kind: "jump", to, at, make, far: (distance) => [instruction("ja32", { imm: distance })] };
}

function branch(end: Branch, op: JumpOp, to: BlockId): Item {
  const name: InsnName = `${op}${end.width}_${end.src === undefined ? "imm" : "reg"}`;
  const operand = end.src === undefined ? { imm: end.imm ?? 0 } : { src: end.src };
  const make = (distance: number): Insn => instruction(name, { dst: end.dst, ...operand, offset: distance });
  // Where the condition holds over the short jump to the long one, else past it.
  const far = (distance: number): readonly Insn[] => [
    make(1),
    instruction("ja", { offset: 1 }),
    instruction("ja32", { imm: distance - 2 }),
  ];
  return { kind: "jump", to, at: end.at, make, far };
}

interface Placed {
  /** Slot of each item, and of the end. */
  readonly slots: readonly number[];
  /** Items that are jumps too long for 16 bits. */
  readonly far: ReadonlySet<number>;
}

/** Finds where each item stands; a jump that is found too long grows, which can make others too long. */
function place(items: readonly Item[], labels: ReadonlyMap<BlockId, number>): Placed {
  const far = new Set<number>();
  for (;;) {
    const slots: number[] = [];
    let slot = 0;
    items.forEach((item, index) => {
      slots.push(slot);
      if (item.kind === "insn") slot += slotsOf(item.insn);
      else slot += far.has(index) ? item.far(0).length : 1;
    });
    slots.push(slot);
    const grown = items.flatMap((item, index) => {
      if (item.kind !== "jump" || far.has(index)) return [];
      const distance = distanceOf(item.to, index, { slots, far }, labels);
      return distance >= -0x8000 && distance <= 0x7fff ? [] : [index];
    });
    if (grown.length === 0) return { slots, far };
    for (const index of grown) far.add(index);
  }
}

/** From behind the first slot of the jump to the block. */
function distanceOf(to: BlockId, from: number, { slots }: Placed, labels: ReadonlyMap<BlockId, number>): number {
  const target = slots[labels.get(to) ?? -1];
  const slot = slots[from];
  if (target === undefined || slot === undefined) throw new Error(`emit: b${to} has no place`);
  return target - (slot + 1);
}

function assemble(
  items: readonly Item[],
  labels: ReadonlyMap<BlockId, number>,
  placed: Placed,
): Pick<EmittedProgram, "insns" | "lines" | "relocations"> {
  const insns: Insn[] = [];
  const lines: LineEntry[] = [];
  const relocations: Relocation[] = [];
  items.forEach((item, index) => {
    const slot = placed.slots[index] ?? 0;
    const last = lines.at(-1);
    if (!last || !sameSpan(last.at, item.at)) lines.push({ slot, at: item.at });
    if (item.kind === "insn") {
      insns.push(item.insn);
      if (item.refers) relocations.push(item.refers(slot));
      return;
    }
    const distance = distanceOf(item.to, index, placed, labels);
    if (placed.far.has(index)) insns.push(...item.far(distance));
    else insns.push(item.make(distance));
  });
  return { insns, lines, relocations };
}

function sameSpan(a: Span, b: Span): boolean {
  return a.file === b.file && a.line === b.line && a.column === b.column && a.length === b.length;
}
