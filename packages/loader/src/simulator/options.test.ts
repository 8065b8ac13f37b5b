// The options of the simulator: its clock, its random numbers, its CPUs.
import { describe, expect, test } from "vitest";
import type { RunOutput } from "../backend.ts";
import { objectOf } from "../object-fixture.ts";
import { type SimulatorOptions, simulator } from "./backend.ts";
import { virtualClock } from "./clock.ts";

async function run(text: string, options: SimulatorOptions = {}): Promise<RunOutput> {
  const loaded = await simulator(options).load(objectOf({ main: text }));
  const program = loaded.programs.get("main");
  if (!program) throw new Error("not loaded");
  return program.run({ packet: new Uint8Array(60) });
}

describe("time, chance and CPUs are those of the options", () => {
  test("the clock goes on by its tick", async () => {
    const text = "call bpf_ktime_get_ns\nr6 = r0\ncall bpf_ktime_get_ns\nr0 -= r6\nexit";
    expect((await run(text)).retval).toBe(1000);
    expect((await run(text, { clock: virtualClock({ tick: 5n }) })).retval).toBe(5);
    expect((await run("call bpf_ktime_get_ns\nexit", { clock: 77n })).retval).toBe(77);
  });

  test("random numbers repeat with the seed", async () => {
    const text = "call bpf_get_prandom_u32\nexit";
    const [first, again, other] = [await run(text), await run(text), await run(text, { random: 2 })];
    expect(first.retval).toBe(again.retval);
    expect(first.retval).not.toBe(other.retval);
    expect((await run(text, { random: () => 9 })).retval).toBe(9);
  });

  test("the current CPU can be chosen", async () => {
    expect((await run("call bpf_get_smp_processor_id\nexit", { cpus: 4, cpu: 3 })).retval).toBe(3);
    expect(() => simulator({ cpus: 2, cpu: 2 })).toThrow("BPF6009");
  });
});
