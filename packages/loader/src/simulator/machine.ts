// The machine that runs steps: registers, stack frames, memory, the instruction budget. Turns faults into diagnostics
// with the TypeScript line of the instruction that faulted.
import {
  DiagnosticError,
  disassembleInsn,
  helperByNumber,
  type Insn,
  type LineEntry,
  limits,
  type Span,
} from "@typebpf/abi";
import { loaderDiagnostic } from "../diagnostics.ts";
import { Fault } from "./fault.ts";
import { addressHigh, Memory, REGION_START, type Segment, segment } from "./memory.ts";
import type { Step } from "./steps/step.ts";
import { half, halfOf, toBigInt } from "./words.ts";

/** Bytes of one stack frame. */
const FRAME_BYTES = 512;
/** What fresh stack and dead registers hold, so that their use shows: no address, no likely value. */
const POISON_BYTE = 0xa5;
const POISON_HALF = 0xa5a5a5a5 | 0;
const R10 = halfOf(10);
/** Where a callback returns to: any slot below 0 ends the steps. */
const RETURN_TO_HELPER = -2;
/** r6 to r9, which a call preserves. */
const SAVED = { from: halfOf(6), to: halfOf(10) } as const;

/** A translated program. */
export interface Code {
  readonly name: string;
  /** By slot; undefined for the second half of a wide instruction. */
  readonly steps: readonly (Step | undefined)[];
  readonly insns: readonly (Insn | undefined)[];
  readonly lines: readonly LineEntry[];
}

/** How a program type serves accesses to its context; offsets are those of the kernel's struct. */
export interface ContextAccess {
  /** Writes the value to register halves `d` and `d + 1` of `registers`; throws a Fault where the kernel refuses it. */
  load(offset: number, size: number, registers: Int32Array, d: number): void;
  store(offset: number, size: number, low: number, high: number): void;
  /** Legacy packet loads: the byte index in the packet is checked here; undefined ends the program with 0. */
  packetByte?(index: number): number | undefined;
}

const noContext: ContextAccess = {
  load: () => {
    throw new Fault("contextAccess", "this program has no context");
  },
  store: () => {
    throw new Fault("contextAccess", "this program has no context");
  },
};

/** Kernel's BPF_MAX_LOOPS: how often the `may_goto`s of one call of a function let it go on. */
const MAY_GOTO_BUDGET = 8 * 1024 * 1024;

const noCode: Code = { name: "", steps: [], insns: [], lines: [] };

interface Frame {
  /** The program to go on with. */
  readonly code: Code;
  readonly returnTo: number;
  readonly saved: Int32Array;
  readonly loops: number;
}

/** The source line of a slot: entries are sorted, and one holds until the next. */
export function spanAt(lines: readonly LineEntry[], slot: number): Span | undefined {
  let found: Span | undefined;
  for (const line of lines) {
    if (line.slot > slot) break;
    found = line.at;
  }
  return found;
}

/** Runs the programs of one object, one after another. */
export class Machine {
  /** r0 to r10, two halves each. */
  readonly registers = new Int32Array(22);
  readonly memory = new Memory();
  context: ContextAccess = noContext;
  /** What `may_goto` has left in this frame. */
  loopsLeft = MAY_GOTO_BUDGET;
  private readonly frames: Frame[] = [];
  private code: Code = noCode;
  private jumped = false;
  private tailCalls = 0;
  private budget = 0;
  private faultedAt: number | undefined;
  private readonly stack: Segment;
  private readonly stackIndex: number;
  private readonly maxInstructions: number;
  /** Fill new frames and dead registers with a pattern. */
  private readonly poison: boolean;

  constructor(maxInstructions: number, poison: boolean) {
    this.maxInstructions = maxInstructions;
    this.poison = poison;
    const bytes = new Uint8Array(FRAME_BYTES * limits.callFrames);
    this.stack = segment("stack", "the stack", bytes, { stride: FRAME_BYTES, high: FRAME_BYTES, slots: 0 });
    this.stackIndex = this.memory.add(this.stack);
  }

  /** Writes both halves of a register. */
  setRegister(register: number, low: number, high: number): void {
    this.registers[halfOf(register)] = low;
    this.registers[halfOf(register) + 1] = high;
  }

  /** The 64-bit value of a register. */
  register(register: number): bigint {
    return toBigInt(half(this.registers, halfOf(register)), half(this.registers, halfOf(register) + 1));
  }

  loadContext(low: number, offset: number, size: number, d: number): void {
    this.context.load((low >>> 0) - REGION_START + offset, size, this.registers, d);
  }

  storeContext(address: number, offset: number, size: number, low: number, high: number): void {
    this.context.store((address >>> 0) - REGION_START + offset, size, low, high);
  }

  /** After a helper: its arguments are gone. */
  clobberArguments(): void {
    if (this.poison) this.registers.fill(POISON_HALF, halfOf(1), halfOf(6));
  }

  private openFrame(): void {
    const depth = this.stack.slots;
    if (depth >= limits.callFrames) {
      throw new Fault("callDepth", `a call would open stack frame ${depth + 1}; there are ${limits.callFrames}`);
    }
    this.stack.slots = depth + 1;
    this.stack.bytes.fill(this.poison ? POISON_BYTE : 0, depth * FRAME_BYTES, (depth + 1) * FRAME_BYTES);
    this.registers[R10] = REGION_START + FRAME_BYTES;
    this.registers[R10 + 1] = addressHigh(this.stackIndex, depth);
    this.loopsLeft = MAY_GOTO_BUDGET;
  }

  /** Calls a function of the program: `returnTo` is the slot after the call. */
  call(returnTo: number): void {
    const { code } = this;
    this.frames.push({ code, returnTo, saved: this.registers.slice(SAVED.from, SAVED.to), loops: this.loopsLeft });
    this.openFrame();
  }

  /** Leaves the current function; gives where to go on, or undefined when the program is over. */
  leave(): number | undefined {
    const frame = this.frames.pop();
    if (!frame) return undefined;
    this.stack.slots -= 1;
    this.registers.set(frame.saved, SAVED.from);
    this.registers[R10 + 1] = addressHigh(this.stackIndex, this.stack.slots - 1);
    this.loopsLeft = frame.loops;
    this.code = frame.code;
    this.clobberArguments();
    return frame.returnTo;
  }

  /**
   * From a helper: calls the function of the running program at a slot with r1, r2, … as given, each as halves; gives the
   * lower half of r0. r6 to r9 stay as they are.
   */
  callback(slot: number, args: readonly (readonly [low: number, high: number])[]): number {
    const depth = this.frames.length;
    this.call(RETURN_TO_HELPER);
    args.forEach(([low, high], index) => {
      this.setRegister(index + 1, low, high);
    });
    this.follow(slot);
    if (this.frames.length !== depth) throw new Error("simulator: a callback left its caller's frame");
    return half(this.registers, 0);
  }

  /**
   * From a helper: goes on with another program, which takes the place of the running function and gets its context as
   * the halves of r1. False where the run has made as many such calls as the kernel lets it.
   */
  tailCall(code: Code, low: number, high: number): boolean {
    if (this.tailCalls >= limits.tailCalls) return false;
    this.tailCalls += 1;
    this.stack.slots -= 1;
    this.registers.fill(this.poison ? POISON_HALF : 0);
    this.openFrame();
    this.setRegister(1, low, high);
    this.code = code;
    this.jumped = true;
    return true;
  }

  /** The slot to go on at where the helper that has just run was a tail call. */
  takeJump(): 0 | undefined {
    if (!this.jumped) return undefined;
    this.jumped = false;
    return 0;
  }

  /** Runs steps from a slot on until the program, or the callback, is over. */
  private follow(from: number): void {
    let pc = from;
    try {
      while (pc >= 0) {
        const step = this.code.steps[pc];
        if (step === undefined) throw new Error(`simulator: no instruction at slot ${pc}`);
        this.budget -= 1;
        if (this.budget < 0)
          throw new Fault("instructionLimit", `the program ran ${this.maxInstructions} instructions`);
        pc = step();
      }
    } catch (error) {
      // The innermost function knows the instruction.
      if (error instanceof Fault) this.faultedAt ??= pc;
      throw error;
    }
  }

  /**
   * Runs a program to its end, with r1 and r2 as given, and gives the number of instructions.
   * @throws DiagnosticError BPF6100–6113 on the line of the instruction that faulted.
   */
  run(code: Code, prepare: (machine: Machine) => void): number {
    this.code = code;
    this.jumped = false;
    this.tailCalls = 0;
    this.budget = this.maxInstructions;
    this.faultedAt = undefined;
    if (this.frames.length > 0) this.frames.length = 0;
    this.stack.slots = 0;
    this.registers.fill(this.poison ? POISON_HALF : 0);
    this.openFrame();
    prepare(this);
    try {
      this.follow(0);
    } catch (error) {
      throw error instanceof Fault ? this.report(error, this.code, this.faultedAt ?? 0) : error;
    }
    return this.maxInstructions - this.budget;
  }

  private report(fault: Fault, code: Code, slot: number): DiagnosticError {
    const insn = code.insns[slot];
    const text = insn && disassembleInsn(insn, { helperName: (number) => helperByNumber(number)?.symbol });
    const at = spanAt(code.lines, slot);
    const notes = [...fault.notes, `program ${code.name}, slot ${slot}${text === undefined ? "" : `: ${text}`}`];
    return new DiagnosticError([
      loaderDiagnostic(fault.diagnostic, { message: fault.message, notes, ...(at && { at }) }),
    ]);
  }
}
