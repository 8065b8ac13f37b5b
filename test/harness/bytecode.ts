// A small evaluator of bytecode for tests of code generation: straight from the instruction table and the meanings in
// `abi`, without checks of memory or types. Calls destroy r0…r5, so code that relies on them gives other results.
import {
  alu,
  branchTaken,
  byteOrder,
  formOf,
  type Insn,
  type InsnForm,
  signExtend,
  slotsOf,
  wideImmediate,
} from "@typebpf/abi";

/** What surrounds the program: memory, and what helpers do. */
export interface BytecodeHost {
  load(address: bigint, size: number): bigint;
  store(address: bigint, size: number, value: bigint): void;
  /** `args` are r1…r5. */
  call(helper: number, args: readonly bigint[]): bigint;
}

const POISON = 0xdead_beef_0bad_f00dn;
const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** Runs from the first instruction; gives r0. @throws Error on what the table does not have, and after `maxSteps`. */
export function runBytecode(
  insns: readonly Insn[],
  host: BytecodeHost,
  start: { readonly context: bigint; readonly stack: bigint },
  maxSteps = 1_000_000,
): bigint {
  const code: (Insn | undefined)[] = insns.flatMap((insn) => (slotsOf(insn) === 2 ? [insn, undefined] : [insn]));
  const registers = Array.from({ length: 11 }, (_, register) => u64(POISON + BigInt(register)));
  registers[1] = start.context;
  registers[10] = start.stack;
  const machine = new Machine(registers, host);
  let at = 0;
  for (let steps = 0; steps < maxSteps; steps++) {
    const insn = code[at];
    const form = insn && formOf(insn);
    if (!insn || !form) throw new Error(`bytecode: slot ${at} has no instruction`);
    if (form.action.kind === "exit") return machine.register(0);
    at += slotsOf(insn) + machine.step(insn, form);
  }
  throw new Error(`bytecode: more than ${maxSteps} steps`);
}

class Machine {
  private readonly registers: bigint[];
  private readonly host: BytecodeHost;
  constructor(registers: bigint[], host: BytecodeHost) {
    this.registers = registers;
    this.host = host;
  }
  register(number: number): bigint {
    const value = this.registers[number];
    if (value === undefined) throw new Error(`bytecode: r${number}`);
    return value;
  }
  /** Runs one instruction; gives how far to jump from the next. */
  step(insn: Insn, { action }: InsnForm): number {
    const dst = this.register(insn.dst);
    const second = (source: "imm" | "reg"): bigint =>
      source === "imm" ? u64(BigInt(insn.imm)) : this.register(insn.src);
    switch (action.kind) {
      case "alu": {
        const result = alu(action.op, action.width, dst, action.op === "neg" ? 0n : second(action.source));
        this.registers[insn.dst] = result;
        return 0;
      }
      case "byteOrder":
        this.registers[insn.dst] = byteOrder(action.op, action.bits, dst);
        return 0;
      case "goto":
        return action.distance === "offset" ? insn.offset : insn.imm;
      case "branch":
        return branchTaken(action.op, action.width, dst, second(action.source)) ? insn.offset : 0;
      case "load": {
        const raw = this.host.load(u64(this.register(insn.src) + BigInt(insn.offset)), action.size);
        const bits = action.size === 1 ? 8 : action.size === 2 ? 16 : action.size === 4 ? 32 : 64;
        this.registers[insn.dst] = action.signed ? signExtend(bits, raw) : raw;
        return 0;
      }
      case "store":
        this.host.store(
          u64(dst + BigInt(insn.offset)),
          action.size,
          BigInt.asUintN(action.size * 8, second(action.source)),
        );
        return 0;
      case "atomic": {
        const address = u64(dst + BigInt(insn.offset));
        const old = this.host.load(address, action.size);
        const value = this.register(insn.src);
        if (action.op === "cmpxchg") throw new Error("bytecode: cmpxchg");
        const next = action.op === "xchg" ? value : alu(action.op, 64, old, value);
        this.host.store(address, action.size, BigInt.asUintN(action.size * 8, next));
        if (action.fetch) this.registers[insn.src] = old;
        return 0;
      }
      case "loadWide":
        this.registers[insn.dst] = wideImmediate(insn);
        return 0;
      case "call": {
        const result = this.host.call(
          insn.imm,
          [1, 2, 3, 4, 5].map((one) => this.register(one)),
        );
        for (let one = 1; one <= 5; one++) this.registers[one] = u64(POISON - BigInt(one));
        this.registers[0] = result;
        return 0;
      }
      default:
        throw new Error(`bytecode: ${action.kind} is not supported`);
    }
  }
}
