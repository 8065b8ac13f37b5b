// Checks an allocation, independently of how it was made: follows every path of the result and keeps, for each machine
// register and stack slot, the set of virtual registers whose current value is there. Each instruction of the input must
// appear in order with its operands where their values are. Shares only the operand table (mir.ts) with the allocator.
//
//   join of paths: only what holds on each        copy: the target holds what the source holds
//   definition: the name is nowhere but there     call: r0…r5 hold nothing but the result
import type { BlockId } from "../../ir/function.ts";
import {
  isCall,
  isMove,
  isRematerialisable,
  type Mir,
  type MirBlock,
  type MirInst,
  type Register,
  targetsOf,
  type Virtual,
  writesOf,
} from "../mir.ts";
import { printMirEnd, printMirInst } from "../print.ts";
import type { Step, StepBlock } from "./steps.ts";

/** "r3", "s5" for spill slot 5, or a constant: a place that can be read anywhere and never changes. */
type Location = `r${number}` | `s${number}` | `c${string}`;
type Names = ReadonlySet<Register>;
/** Where values are; a location without an entry holds nothing known. */
type State = ReadonlyMap<Location, Names>;

const FRAME_POINTER = 10;

/** What is wrong with the allocation, one line each; empty when it is right. */
export function checkAllocation(input: Mir<Virtual>, output: readonly StepBlock[]): readonly string[] {
  return new Checker(input, output).run();
}

class Checker {
  private readonly input: ReadonlyMap<BlockId, MirBlock>;
  private readonly output: readonly StepBlock[];
  private readonly spillSlots: ReadonlySet<number>;
  private readonly parameters: readonly Register[];
  private readonly problems: string[] = [];

  constructor(input: Mir<Virtual>, output: readonly StepBlock[]) {
    this.parameters = Array.from({ length: input.parameters ?? 1 }, (_, index) => index + 1);
    this.input = new Map(input.blocks.map((block) => [block.id, block]));
    this.output = output;
    const own = new Set(input.slots.map((slot) => slot.id));
    const used = output.flatMap((block) =>
      block.steps.flatMap(({ inst }) => (inst?.slot === undefined ? [] : [inst.slot])),
    );
    this.spillSlots = new Set(used.filter((slot) => !own.has(slot)));
  }

  run(): readonly string[] {
    for (const block of this.output) this.checkCoverage(block);
    if (this.output.length !== this.input.size) this.problems.push("blocks were added or lost");
    const states = new Map<BlockId, State>();
    const [entry] = this.output;
    if (!entry) return this.problems;
    // r1 and the registers after it have the function's parameters on entry.
    states.set(entry.id, new Map(this.parameters.map((register) => [`r${register}`, new Set([register])])));
    const byId = new Map(this.output.map((block) => [block.id, block]));
    const work = [entry.id];
    for (let id = work.pop(); id !== undefined; id = work.pop()) {
      const block = byId.get(id);
      const before = states.get(id);
      if (!block || !before) continue;
      const after = this.walk(block, before, () => {});
      for (const target of targetsOf(block.end)) {
        const known = states.get(target);
        const met = known ? meet(known, after) : after;
        if (known && same(known, met)) continue;
        states.set(target, met);
        work.push(target);
      }
    }
    for (const block of this.output) {
      const before = states.get(block.id);
      if (before) this.walk(block, before, (problem) => this.problems.push(`b${block.id}: ${problem}`));
    }
    return this.problems;
  }

  /** Every instruction of the input stands for itself, once and in order. */
  private checkCoverage(block: StepBlock): void {
    const expected = this.input.get(block.id)?.insts ?? [];
    const found = block.steps.flatMap(({ of }) => (of ? [of] : []));
    if (expected.length !== found.length || expected.some((inst, index) => inst !== found[index]))
      this.problems.push(`b${block.id}: instructions are missing, added or out of order`);
  }

  private walk(block: StepBlock, before: State, report: (problem: string) => void): State {
    const state = new Map(before);
    for (const step of block.steps) this.step(state, step, report);
    const original = this.input.get(block.id)?.end;
    if (!original || original.kind !== block.end.kind) report("the end changed");
    else if (original.kind === "exit") require(state, "r0", 0, "exit", report);
    else if (original.kind === "branch" && block.end.kind === "branch") {
      const text = printMirEnd(block.end);
      if (original.op !== block.end.op || original.width !== block.end.width || original.imm !== block.end.imm)
        report(`${text} is another condition than ${printMirEnd(original)}`);
      require(state, `r${block.end.dst}`, original.dst, text, report);
      if (original.src !== undefined) require(state, `r${block.end.src ?? -1}`, original.src, text, report);
    }
    if (original && String(targetsOf(original)) !== String(targetsOf(block.end))) report("the targets changed");
    return state;
  }

  private step(state: Map<Location, Names>, { of, inst }: Step, report: (problem: string) => void): void {
    if (of && inst) this.rewritten(state, of, inst, report);
    else if (of) this.leftOut(state, of, report);
    else if (inst) this.added(state, inst, report);
  }

  /** An instruction of the input with its operands replaced. */
  private rewritten(state: Map<Location, Names>, of: MirInst, inst: MirInst, report: (problem: string) => void): void {
    const text = printMirInst(inst);
    if (shape(of) !== shape(inst)) report(`${text} is another instruction than ${printMirInst(of)}`);
    const reads = readNames(of);
    for (const field of ["dst", "src"] as const) {
      const name = of[field];
      if (name === undefined || name === FRAME_POINTER || !reads.has(name)) continue;
      require(state, `r${inst[field] ?? -1}`, name, text, report);
    }
    for (const register of fixedReads(of)) require(state, `r${register}`, register, text, report);
    const source = isMove(of) && of.src !== of.dst ? state.get(`r${inst.src ?? -1}`) : undefined;
    for (const name of writesOf(of)) forget(state, name);
    for (const register of writesOf(inst)) state.delete(`r${register}`);
    if (isCall(of)) state.set("r0", new Set([0]));
    else
      for (const name of writesOf(of)) {
        const register = name === of.dst ? inst.dst : name === of.src ? inst.src : name;
        if (register === FRAME_POINTER) report(`${text} writes the frame pointer`);
        if (isMove(of)) nameCopy(state, of);
        if (isRematerialisable(of)) nameConstant(state, of);
        state.set(`r${register ?? -1}`, new Set([name, ...(source ?? [])]));
      }
  }

  /** A copy whose target simply names what is already there, or a constant that is made again where it is used. */
  private leftOut(state: Map<Location, Names>, of: MirInst, report: (problem: string) => void): void {
    if (isMove(of)) {
      forget(state, of.dst);
      nameCopy(state, of);
    } else if (isRematerialisable(of) && of.dst !== undefined) {
      forget(state, of.dst);
      nameConstant(state, of);
    } else report(`${printMirInst(of)} was left out`);
  }

  /** A move, a spill, a reload, or a repeated constant. */
  private added(state: Map<Location, Names>, inst: MirInst, report: (problem: string) => void): void {
    const target: Location | undefined =
      inst.name === "stx_u64" && inst.slot !== undefined
        ? `s${inst.slot}`
        : inst.dst === undefined
          ? undefined
          : `r${inst.dst}`;
    const isSpillAccess = inst.slot !== undefined && this.spillSlots.has(inst.slot) && inst.offset === 0;
    if (target === undefined || target === `r${FRAME_POINTER}`) report(`${printMirInst(inst)} must not be added`);
    else if (isMove(inst)) state.set(target, new Set(state.get(`r${inst.src}`)));
    else if (inst.name === "stx_u64" && isSpillAccess) state.set(target, new Set(state.get(`r${inst.src ?? -1}`)));
    else if (inst.name === "ldx_u64" && isSpillAccess) state.set(target, new Set(state.get(`s${inst.slot ?? -1}`)));
    else if (isRematerialisable(inst)) state.set(target, new Set(state.get(constantOf(inst))));
    else report(`${printMirInst(inst)} must not be added`);
  }
}

/** Everything of an instruction but its registers. */
function shape(inst: MirInst): string {
  const base = inst.src === FRAME_POINTER ? "src" : inst.dst === FRAME_POINTER ? "dst" : "";
  const { name, offset, imm, wide, map, section, slot, args } = inst;
  return [name, base, offset, imm, wide, map, section, inst.function, slot, args].join("|");
}

/** The place that holds the value that a rematerialisable instruction makes. */
function constantOf(inst: MirInst): Location {
  return `c${shape(inst)}`;
}

function nameConstant(state: Map<Location, Names>, of: MirInst): void {
  if (of.dst === undefined) return;
  const place = constantOf(of);
  state.set(place, new Set([...(state.get(place) ?? []), of.dst]));
}

/** The target of a copy names everything that its source names; a machine register only itself. */
function nameCopy(state: Map<Location, Names>, of: { readonly dst: Register; readonly src: Register }): void {
  for (const [location, names] of state)
    if (names.has(of.src) && (of.dst > FRAME_POINTER || location === `r${of.dst}`))
      state.set(location, new Set([...names, of.dst]));
}

/** Names that the instruction reads in its own fields. */
/** Machine registers that no field names: a call's arguments, r0 of a compare-exchange. */
function fixedReads(of: MirInst): readonly Register[] {
  if (isCall(of)) return Array.from({ length: of.args ?? 0 }, (_, index) => index + 1);
  return of.name === "atomic32_cmpxchg" || of.name === "atomic64_cmpxchg" ? [0] : [];
}

function readNames(of: MirInst): ReadonlySet<Register> {
  return new Set(isCall(of) ? [] : readsOfFields(of));
}

function readsOfFields(of: MirInst): readonly Register[] {
  const written = writesOf(of);
  const isPlainWrite = of.dst !== undefined && written.includes(of.dst) && !readsTarget(of);
  return [...(of.dst !== undefined && !isPlainWrite ? [of.dst] : []), ...(of.src === undefined ? [] : [of.src])];
}

/** Instructions that write `dst` without reading it: moves, loads and constants. */
function readsTarget(of: MirInst): boolean {
  return !/^(mov|ldx_|lddw|frame_address)/.test(of.name);
}

function require(
  state: State,
  location: Location,
  name: Register,
  text: string,
  report: (problem: string) => void,
): void {
  const virtual = name > FRAME_POINTER ? `v${name}` : `r${name}`;
  if (!state.get(location)?.has(name)) report(`${text}: ${location} does not hold ${virtual}`);
}

function forget(state: Map<Location, Names>, name: Register): void {
  for (const [location, names] of state)
    if (names.has(name)) state.set(location, new Set([...names].filter((one) => one !== name)));
}

function meet(left: State, right: State): State {
  const result = new Map<Location, Names>();
  for (const [location, names] of left) {
    const other = right.get(location);
    const both = [...names].filter((name) => other?.has(name));
    if (both.length > 0) result.set(location, new Set(both));
  }
  return result;
}

function same(left: State, right: State): boolean {
  const size = (state: State): number => [...state.values()].reduce((sum, names) => sum + names.size, 0);
  return size(left) === size(right);
}
