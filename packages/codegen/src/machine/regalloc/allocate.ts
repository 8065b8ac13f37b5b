// Register allocation: MIR over virtual registers to MIR over machine registers. Copies are merged, intervals get
// registers by weight, what is refused is spilled a level further, and all starts again with the rewritten code until
// nothing is refused. Ends because levels only rise and code at the last level always fits into three registers.
import { R1, R6 } from "@typebpf/abi";
import type { BlockId, SlotId } from "../../ir/function.ts";
import {
  type FrameSlot,
  firstVirtual,
  highestRegister,
  isMove,
  isRematerialisable,
  isVirtual,
  type Mir,
  type MirBlock,
  type MirInst,
  type Physical,
  type Register,
  readsOf,
  readsOfEnd,
  renameEnd,
  renameRegisters,
  type Virtual,
  writesOf,
} from "../mir.ts";
import { type Affinity, assign, type Candidate } from "./assign.ts";
import { coalesce } from "./coalesce.ts";
import { findIntervals, frequencyOf, type Interval, lengthOf, overlap, type Segment, united } from "./intervals.ts";
import { type Piece, rewriteSpills, type Spilled, type SpillLevel } from "./spill.ts";
import { instsOf, mapSteps, type StepBlock, stepsOf } from "./steps.ts";

/** Machine registers by how welcome they are where nothing else decides: arguments of calls begin with r1. */
const ORDER: readonly Register[] = [0, 5, 4, 3, 2, 1, 6, 7, 8, 9];

/** Smaller sets for tests: always one register that calls preserve. */
const REDUCED: Readonly<Record<number, readonly Register[]>> = { 3: [0, 1, 6], 5: [0, 2, 1, 6, 7] };

/** The result, and how it came about (for the checker). */
export interface Allocation {
  readonly mir: Mir<Physical>;
  readonly blocks: readonly StepBlock[];
}

/** Allocates; `registers` is how many machine registers may be used (3, 5 or 10). */
export function allocate(mir: Mir<Virtual>, registers = ORDER.length): Allocation {
  const order = REDUCED[registers] ?? ORDER;
  const { blocks: base, find } = coalesce(stepsOf(mir.blocks));
  const scalars = new Set([...(mir.scalars ?? [])].map(find));
  const spills = new Spills(instsOf(base), mir.slots, scalars);
  const next = highestRegister(mir) + 1;
  for (;;) {
    const { blocks, pieces } = rewriteSpills(base, spills.all, next);
    const code = instsOf(blocks);
    const { registers: assigned, refused } = assignAll(code, pieces, order);
    if (refused.length === 0) return finish(mir, blocks, assigned, spills.slots);
    for (const register of refused) spills.raise(register, pieces.get(register));
  }
}

function finish(
  mir: Mir<Virtual>,
  blocks: readonly StepBlock[],
  assigned: ReadonlyMap<Register, Register>,
  spillSlots: readonly FrameSlot[],
): Allocation {
  const place = (register: Register): Register => {
    if (!isVirtual(register)) return register;
    const found = assigned.get(register);
    if (found === undefined) throw new Error(`regalloc: ${mir.name}: v${register} has no register`);
    return found;
  };
  const change = (inst: MirInst): MirInst | undefined => {
    const renamed = renameRegisters(inst, place);
    return isMove(renamed) && renamed.dst === renamed.src ? undefined : renamed;
  };
  const placed = mapSteps(blocks, change, (end) => renameEnd(end, place));
  return { mir: { name: mir.name, slots: [...mir.slots, ...spillSlots], blocks: instsOf(placed) }, blocks: placed };
}

function assignAll(
  code: readonly MirBlock[],
  pieces: ReadonlyMap<Register, Piece>,
  order: readonly Register[],
): { readonly registers: ReadonlyMap<Register, Register>; readonly refused: readonly Register[] } {
  const intervals = findIntervals(code);
  const remade = rematerialisable(code);
  const frequency = frequencyOf(code);
  const candidates: Candidate[] = [];
  const fixed = new Map<Register, readonly Segment[]>();
  for (const [register, interval] of intervals) {
    if (!isVirtual(register)) fixed.set(register, interval.segments);
    else
      candidates.push({ interval, weight: weightOf(interval, pieces.get(register), remade.has(register), frequency) });
  }
  return assign(candidates, order, fixed, affinitiesOf(code));
}

/** An interval this short cannot be made shorter by spilling: a definition and its use in the next instruction. */
const SHORTEST = 2;

/** What spilling (or for a piece, spilling further) costs, per position that it frees. */
function weightOf(
  interval: Interval,
  piece: Piece | undefined,
  isRemade: boolean,
  frequency: (block: BlockId) => number,
): number {
  const length = lengthOf(interval);
  if (piece?.level === 3 || length <= SHORTEST) return Number.POSITIVE_INFINITY;
  // A piece begins with a reload, or has been stored: those two are paid for already.
  const paid = piece ? 2 * frequency(piece.block) : 0;
  return (Math.max(0, interval.accesses - paid) / length) * (isRemade ? 0.5 : 1);
}

/** Registers whose only definition can be repeated anywhere. */
function rematerialisable(code: readonly MirBlock[]): ReadonlyMap<Register, MirInst> {
  const found = new Map<Register, MirInst>();
  const other = new Set<Register>();
  for (const block of code)
    for (const inst of block.insts)
      for (const register of writesOf(inst)) {
        if (found.has(register) || !isRematerialisable(inst)) other.add(register);
        else found.set(register, inst);
      }
  for (const register of other) found.delete(register);
  return found;
}

/** A wish that gives way to every copy. */
const SLIGHT = 1e-6;

function affinitiesOf(code: readonly MirBlock[]): readonly Affinity[] {
  const frequency = frequencyOf(code);
  const entry = code[0]?.insts[0];
  // The context, where it must outlive calls, is best kept in r6: legacy packet loads want it there.
  const context = entry && isMove(entry) && entry.src === R1 ? [{ left: entry.dst, right: R6, weight: SLIGHT }] : [];
  const copies = code.flatMap((block) =>
    block.insts.flatMap((inst) =>
      isMove(inst) ? [{ left: inst.dst, right: inst.src, weight: frequency(block.id) }] : [],
    ),
  );
  return [...context, ...copies];
}

/** Which registers are spilled, how far, and where to. */
class Spills {
  readonly all = new Map<Register, Spilled>();
  readonly slots: FrameSlot[] = [];
  private readonly occupied = new Map<SlotId, readonly Segment[]>();
  private readonly levels = new Map<Register, Map<BlockId, SpillLevel>>();
  private readonly intervals: ReadonlyMap<Register, Interval>;
  private readonly remade: ReadonlyMap<Register, MirInst>;
  private readonly blocks: ReadonlyMap<Register, ReadonlySet<BlockId>>;
  private readonly frame: readonly FrameSlot[];
  private readonly code: readonly MirBlock[];

  private readonly checked: ReadonlySet<Register>;

  constructor(code: readonly MirBlock[], frame: readonly FrameSlot[], scalars: ReadonlySet<Register>) {
    this.code = code;
    this.frame = frame;
    this.intervals = findIntervals(code);
    this.remade = rematerialisable(code);
    this.blocks = blocksOf(code);
    this.checked = new Set(checkedRegisters(code).filter((register) => scalars.has(register)));
  }

  /** Spills the register, or where it is a piece of a spilled one, keeps that for a shorter time in the piece's block. */
  raise(register: Register, piece: Piece | undefined): void {
    if (piece?.isName) {
      // Better a value that the verifier knows less of than no code at all.
      const known = this.all.get(piece.origin);
      if (known) this.all.set(piece.origin, { ...known, isChecked: false });
      return;
    }
    if (piece) {
      if (piece.level === 3) throw new Error(`regalloc: no register for one instruction of v${piece.origin}`);
      this.levels.get(piece.origin)?.set(piece.block, piece.level === 1 ? 2 : 3);
      return;
    }
    const levels = new Map<BlockId, SpillLevel>();
    this.levels.set(register, levels);
    // Within one block the first level would change nothing.
    const isLocal = (this.blocks.get(register)?.size ?? 0) <= 1;
    const made = this.remade.get(register);
    this.all.set(register, {
      home: made ? { kind: "remake", inst: made } : { kind: "slot", slot: this.slotFor(register) },
      level: (block) => levels.get(block) ?? (isLocal ? 2 : 1),
      isChecked: this.checked.has(register),
    });
  }

  /** A spill slot that no register uses while this one is live. */
  private slotFor(register: Register): SlotId {
    const segments = this.intervals.get(register)?.segments ?? [];
    for (const slot of this.slots) {
      const taken = this.occupied.get(slot.id) ?? [];
      if (overlap(taken, segments)) continue;
      this.occupied.set(slot.id, united(taken, segments));
      return slot.id;
    }
    const id = Math.max(-1, ...this.frame.map((slot) => slot.id), ...this.slots.map((slot) => slot.id)) + 1;
    const at = this.firstUse(register);
    this.slots.push({ id, size: 8, align: 8, name: "saved value", at, spill: true });
    this.occupied.set(id, segments);
    return id;
  }

  private firstUse(register: Register): FrameSlot["at"] {
    for (const { insts } of this.code) for (const inst of insts) if (writesOf(inst).includes(register)) return inst.at;
    throw new Error(`regalloc: v${register} is never written (first virtual register is ${firstVirtual})`);
  }
}

/** Registers that a branch compares with more than null. */
function checkedRegisters(code: readonly MirBlock[]): readonly Register[] {
  return code.flatMap(({ end }) =>
    end.kind === "branch" && (end.src !== undefined || end.imm !== 0 || !["jeq", "jne"].includes(end.op))
      ? readsOfEnd(end)
      : [],
  );
}

function blocksOf(code: readonly MirBlock[]): ReadonlyMap<Register, ReadonlySet<BlockId>> {
  const result = new Map<Register, Set<BlockId>>();
  const add = (register: Register, block: BlockId): void => {
    const known = result.get(register);
    if (known) known.add(block);
    else result.set(register, new Set([block]));
  };
  for (const { id, insts, end } of code) {
    for (const inst of insts) for (const register of [...readsOf(inst), ...writesOf(inst)]) add(register, id);
    for (const register of readsOfEnd(end)) add(register, id);
  }
  return result;
}
