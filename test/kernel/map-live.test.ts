// What only a running kernel shows of maps: stacks of real processes with their names, records that a filter drains from a
// user ring buffer, programs for redirected packets.
import { statSync } from "node:fs";
import { arrayLayout, type BpfObject, noKey, type ProgramSpec, scalarLayouts, structLayout } from "@typebpf/abi";
import { expect, test } from "vitest";
import type { CpuMapHandle, DeviceMapHandle } from "../../packages/loader/src/handles/devices.ts";
import type { StackTraceHandle } from "../../packages/loader/src/handles/stack-trace.ts";
import type { UserRingBufferHandle } from "../../packages/loader/src/handles/user-ring-buffer.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { load } from "../../packages/loader/src/load.ts";
import { symbolise } from "../../packages/loader/src/symbols/symbolise.ts";
import { describeKernel, testSince } from "./gate.ts";
import { diagnosticOf, map, object, present, program } from "./objects.ts";

const { u32, u64 } = scalarLayouts;

/** Stores the stack of this process at every system call, and its number in `ids`. */
const stackAt = (pid: number): ProgramSpec => ({
  ...program(
    "watch",
    `
    r6 = r1
    call 14
    r0 >>= 32
    if r0 != ${pid} goto out
    r1 = r6
    r2 = map stacks
    r3 = 256
    call 27
    if w0 s< 0 goto out
    *(u32 *)(r10 -8) = r0
    *(u32 *)(r10 -4) = 0
    r1 = map ids
    r2 = r10
    r2 += -4
    r3 = r10
    r3 += -8
    r4 = 0
    call 2
    out:
    w0 = 0
    exit`,
    "tracing",
  ),
  section: "tp_btf/sys_enter",
});

/** Adds the 8 bytes of each record that user space has written to `sum`, and gives how many there were. */
function draining(): BpfObject {
  const main = program(
    "drain",
    `
    r1 = map jobs
    r2 = map body
    r3 = 0
    r4 = 0
    call 209
    exit`,
  );
  const { insns, relocations: places } = program(
    "body",
    `
    r6 = r1
    r1 = r10
    r1 += -8
    r2 = 8
    r3 = r6
    r4 = 0
    r5 = 0
    call 201
    r7 = *(u64 *)(r10 -8)
    *(u32 *)(r10 -12) = 0
    r1 = map sum
    r2 = r10
    r2 += -12
    call 1
    if r0 == 0 goto out
    lock *(u64 *)(r0 +0) += r7
    out:
    r0 = 0
    exit`,
  );
  const body = {
    name: "body",
    insns,
    relocations: places,
    lines: [],
    parameters: ["record", "context"],
    stackBytes: 16,
  };
  const [jobs, callback] = main.relocations;
  const relocations = [present(jobs), { kind: "function" as const, slot: present(callback).slot, function: "body" }];
  const maps = [map("jobs", { type: "userRingBuffer", key: noKey, maxEntries: 4096 }), map("sum", { maxEntries: 1 })];
  return { ...object([{ ...main, relocations }], maps), functions: [body] };
}

describeKernel("maps with a running kernel", () => {
  test("stacks of a process, with the names of its functions", async () => {
    const stacks = map("stacks", { type: "stackTrace", value: arrayLayout(u64, 20), maxEntries: 1024 });
    const watching = object([stackAt(process.pid)], [stacks, map("ids", { value: u32, maxEntries: 1 })]);
    using loaded = await load(watching, kernel());
    const link = present(loaded.programs.watch).attach({} as never);
    statSync("/");
    link.detach();
    const handle = present(loaded.maps.stacks) as unknown as StackTraceHandle;
    const id = present(loaded.maps.ids).get(0) as number;
    const addresses = present(handle.get(id));
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.every((address) => address > 0n)).toBe(true);
    expect([...handle.keys()]).toContain(id);
    const [first] = symbolise(addresses, { pid: process.pid });
    expect(first).toMatchObject({ module: expect.stringMatching(/^\//u), name: expect.stringMatching(/./u) });
    expect([handle.delete(id), handle.get(id)]).toEqual([true, undefined]);
    expect((await diagnosticOf(() => present(loaded.maps.stacks).set(1, 1))).code).toBe("BPF6168");
  });

  testSince("6.1", "a filter drains what user space has written, in one go", async () => {
    using loaded = await load(draining(), kernel());
    const jobs = present(loaded.maps.jobs) as unknown as UserRingBufferHandle<bigint>;
    const run = (): number => present(loaded.programs.drain).run(new Uint8Array(60)).retval;
    expect(run()).toBe(0);
    expect([10n, 20n, 30n].map((job) => jobs.write(job))).toEqual([true, true, true]);
    expect(jobs.used).toBe(48);
    expect([run(), jobs.used, present(loaded.maps.sum).get(0)]).toEqual([3, 0, 60n]);
    // Over the end of the ring, and until it is full.
    for (let round = 0; round < 5; round++) {
      const written = Array.from({ length: 300 }, () => jobs.write(1n)).filter(Boolean).length;
      expect([written, run()]).toEqual([256, 256]);
    }
    expect(present(loaded.maps.sum).get(0)).toBe(60n + 5n * 256n);
    jobs.close();
    expect([jobs.write(7n), run()]).toEqual([true, 1]);
  });

  test("programs for interfaces and CPUs", async () => {
    const there = (name: string, section: string): ProgramSpec => ({ ...program(name, "w0 = 2\nexit"), section });
    const pair = (name: string) => structLayout(name, { first: u32, program: u32 });
    const maps = [
      map("devices", { type: "devMap", value: pair("bpf_devmap_val") }),
      map("cpus", { type: "cpuMap", value: pair("bpf_cpumap_val") }),
    ];
    using loaded = await load(object([there("dev", "xdp/devmap"), there("cpu", "xdp/cpumap")], maps), kernel());
    const devices = present(loaded.maps.devices) as unknown as DeviceMapHandle;
    const cpus = present(loaded.maps.cpus) as unknown as CpuMapHandle;
    const { dev, cpu } = loaded.programs;
    devices.set(1, { interface: "lo", program: present(dev) });
    cpus.set(0, { queueSize: 128, program: present(cpu) });
    expect(devices.get(1)).toEqual({ interface: 1, program: expect.any(Number) });
    expect(devices.get(1)?.program).not.toBe(0);
    expect(cpus.get(0)?.program).not.toBe(0);
    expect((await diagnosticOf(() => devices.set(1, { interface: "lo", program: present(cpu) }))).code).toBe("BPF6167");
    expect((await diagnosticOf(() => devices.set(1, { interface: "nowhere0" }))).code).toBe("BPF6230");
  });
});
