// Runs bare bytecode on bare memory, without an object: for conformance suites and experiments.
// On entry r1 points to the memory (0 where there is none), r2 is its length, r10 the top of a 512-byte stack.
import { DiagnosticError, decode, type Insn } from "@typebpf/abi";
import { Machine } from "./machine.ts";
import { addressHigh, REGION_START, segment } from "./memory.ts";
import { END } from "./steps/step.ts";
import { type Source, translate } from "./translate.ts";
import { toBigInt, writeBigInt } from "./words.ts";

/** What a raw helper may do. */
export interface RawHelperCall {
  /** r1 to r5. */
  readonly args: readonly [bigint, bigint, bigint, bigint, bigint];
  /** The bytes at an address, to read and write; a fault where they are not all there. */
  memory(address: bigint, size: number): Uint8Array;
}

/** Gives r0; `end` ends the program at once with that result. */
export type RawHelper = (call: RawHelperCall) => bigint | { readonly end: bigint };

export interface RawInput {
  /** 8 bytes per slot, or instructions. */
  readonly program: Uint8Array | readonly Insn[];
  readonly memory?: Uint8Array;
  /** Helpers by number; none by default. */
  readonly helpers?: ReadonlyMap<number, RawHelper>;
  /** Default 100 million. */
  readonly maxInstructions?: number;
}

export interface RawOutput {
  /** Unsigned 64 bits. */
  readonly r0: bigint;
  /** The memory after the run. */
  readonly memory: Uint8Array;
  readonly instructions: number;
}

/** The default limit of instructions of one run. */
export const DEFAULT_MAX_INSTRUCTIONS = 100_000_000;

function insnsOf(program: Uint8Array | readonly Insn[]): readonly Insn[] {
  if (!(program instanceof Uint8Array)) return program;
  const { insns, diagnostics } = decode(program);
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
  return insns;
}

function callHelper(machine: Machine, helper: RawHelper): typeof END | undefined {
  const args = [1, 2, 3, 4, 5].map((register) => machine.register(register)) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const memory = (address: bigint, size: number): Uint8Array => {
    const high = Number(BigInt.asIntN(32, address >> 32n));
    return machine.memory.bytes(high, Number(BigInt.asIntN(32, address)), size, "write");
  };
  const result = helper({ args, memory });
  writeBigInt(machine.registers, 0, typeof result === "bigint" ? result : result.end);
  return typeof result === "bigint" ? undefined : END;
}

/**
 * Runs bytecode to its end.
 * @throws DiagnosticError BPF50xx where it is no valid program, BPF6100–6113 where it faults.
 */
export function runRaw(input: RawInput): RawOutput {
  const machine = new Machine(input.maxInstructions ?? DEFAULT_MAX_INSTRUCTIONS, false);
  const memory = Uint8Array.from(input.memory ?? []);
  const index = machine.memory.add(segment("memory", "the memory", memory));
  machine.context = { ...machine.context, packetByte: (at) => memory[at] };
  const source: Source = {
    name: "raw",
    insns: insnsOf(input.program),
    lines: [],
    addressAt: () => undefined,
    helper: (number) => {
      const helper = input.helpers?.get(number);
      return helper && (() => callHelper(machine, helper));
    },
    packetLoads: true,
  };
  const code = translate(machine, source);
  if (!("steps" in code)) throw new DiagnosticError(code);
  const instructions = machine.run(code, () => {
    if (memory.length > 0) machine.setRegister(1, REGION_START, addressHigh(index, 0));
    machine.setRegister(2, memory.length, 0);
  });
  return { r0: toBigInt(machine.registers[0] ?? 0, machine.registers[1] ?? 0), memory, instructions };
}
