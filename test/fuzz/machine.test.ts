// Random IR through the back end: the bytecode must give what the IR interpreter gives, at every level, version of the
// instruction set and number of registers, and every allocation must pass its checker. FUZZ_RUNS sets the number of runs.
import { helpers } from "@typebpf/abi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertWellFormed } from "../../packages/codegen/src/ir/check.ts";
import type { IrFunction } from "../../packages/codegen/src/ir/function.ts";
import { interpret } from "../../packages/codegen/src/ir/interpret.ts";
import { printModule } from "../../packages/codegen/src/ir/print.ts";
import { generateProgram } from "../../packages/codegen/src/machine/generate.ts";
import { runBytecode } from "../harness/bytecode.ts";
import { packetLayout, randomFunction } from "../harness/random-ir.ts";

const RUNS = Number(process.env.FUZZ_RUNS ?? 60);
const STACK = 0x7f00_0000n;
const CONTEXT = 0x1000n;
const PACKET = 0x2000n;

class Memory {
  private readonly bytes = new Map<bigint, number>();
  load(address: bigint, size: number): bigint {
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes.get(address + BigInt(i)) ?? 0);
    return value;
  }
  store(address: bigint, size: number, value: bigint): void {
    for (let i = 0; i < size; i++) this.bytes.set(address + BigInt(i), Number((value >> BigInt(8 * i)) & 0xffn));
  }
}

/** Context and packet as both sides see them. */
function withContext(): Memory {
  const memory = new Memory();
  for (let i = 0; i < 64; i++) memory.store(CONTEXT + BigInt(i), 1, BigInt((i * 73 + 41) & 0xff));
  for (let i = 0; i < packetLayout.size; i++) memory.store(PACKET + BigInt(i), 1, BigInt((i * 151 + 17) & 0xff));
  memory.store(CONTEXT + BigInt(packetLayout.start), 4, PACKET);
  memory.store(CONTEXT + BigInt(packetLayout.end), 4, PACKET + BigInt(packetLayout.size));
  return memory;
}

function packetOf(memory: Memory): readonly bigint[] {
  return Array.from({ length: packetLayout.size / 8 }, (_, index) => memory.load(PACKET + BigInt(8 * index), 8));
}

/** The result of a helper, from its number, how often helpers were called, and its integer argument if it has one. */
function called(number: number, times: number, memory: Memory, args: readonly bigint[]): bigint {
  const seed = BigInt(number) * 0x9e37_79b9_7f4a_7c15n + BigInt(times) * 0xff51_afd7_ed55_8ccdn;
  if (number !== helpers.mapUpdateElem.number) return BigInt.asUintN(64, seed);
  const [, key = 0n, value = 0n, flags = 0n] = args;
  return BigInt.asUintN(64, seed ^ (memory.load(key, 8) * 3n) ^ (memory.load(value, 4) * 5n) ^ (flags * 7n));
}

/** The result, then the packet afterwards. */
function interpreted(fn: IrFunction): readonly bigint[] {
  const memory = withContext();
  let next = 0x10_0000n;
  let calls = 0;
  const host = {
    allocate: (size: number) => {
      next += 0x1000n;
      return next - BigInt(size);
    },
    load: (address: bigint, size: number) => memory.load(address, size),
    store: (address: bigint, size: number, value: bigint) => memory.store(address, size, value),
    loadContext: (context: bigint, offset: number, size: number) => memory.load(context + BigInt(offset), size),
    map: () => 1n,
    call: (helper: keyof typeof helpers, args: readonly bigint[]) =>
      called(helpers[helper].number, calls++, memory, args),
  };
  return [interpret(fn, host, CONTEXT).result, ...packetOf(memory)];
}

describe("code generation", () => {
  for (const isa of [1, 3, 4] as const)
    for (const [level, registers] of [
      [0, 10],
      [2, 10],
      [2, 5],
      [2, 3],
    ] as const)
      test(`agrees with the interpreter: version ${isa}, level ${level}, ${registers} registers`, () => {
        fc.assert(
          fc.property(fc.array(fc.nat(0xffff_ffff), { minLength: 10, maxLength: 250 }), (tape) => {
            const fn = randomFunction(tape, { atomics: isa >= 3 });
            assertWellFormed(fn, "random");
            const expected = interpreted(fn);
            const generated = generateProgram(fn, { isa, level, registers, check: true });
            // Huge pressure on three registers may need more stack than there is; nothing else may be refused.
            if ("diagnostics" in generated)
              return expect(generated.diagnostics.map((one) => one.code)).toEqual(["BPF3010"]);
            const memory = withContext();
            let calls = 0;
            const host = {
              load: (address: bigint, size: number) => memory.load(address, size),
              store: (address: bigint, size: number, value: bigint) => memory.store(address, size, value),
              call: (number: number, args: readonly bigint[]) => called(number, calls++, memory, args),
            };
            const result = runBytecode(generated.program.insns, host, { context: CONTEXT, stack: STACK });
            expect([result, ...packetOf(memory)], printModule({ functions: [fn] })).toEqual(expected);
          }),
          { numRuns: RUNS },
        );
      });
});
