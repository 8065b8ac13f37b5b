// The histogram on both back ends: in the simulator with a clock, in the kernel with real system calls.
import { closeSync, openSync } from "node:fs";
import type { BpfObject } from "@typebpf/abi";
import { compile } from "@typebpf/codegen";
import { kernel, load, simulator } from "@typebpf/loader";
import { beforeAll, expect, test } from "vitest";
import { inKernel, kernelHere } from "../testing.ts";
import { histogramLines } from "./histogram.ts";

type Tracer = typeof import("./syscall-latency.bpf.ts");

/** openat(2) on x86-64. */
const OPENAT = 257;

let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./syscall-latency.bpf.ts", import.meta.url));
});

test("a bar for each power of two", () => {
  expect(histogramLines([0n, 0n, 1n, 0n, 4n, 0n], "ns", 4)).toEqual([
    "             4 ns        1 #",
    "             8 ns        0",
    "            16 ns        4 ####",
  ]);
  expect(histogramLines([0n, 0n], "ns")).toEqual([]);
});

test("counts calls of the process by their time, in the simulator", async () => {
  // Programs in the simulator run in process 1000.
  const config = { watched: { pid: 1000, call: OPENAT } };
  using tracer = await load<Tracer>(object, simulator(), { config });
  const { enter, exit } = tracer.programs;
  exit.run({ context: {} });
  enter.run({ context: { id: 1n } });
  exit.run({ context: { id: 1n } });
  const counts = () => [...tracer.maps.latencies].reduce((sum, [, count]) => sum + count, 0n);
  expect(counts()).toBe(0n);
  enter.run({ context: { id: BigInt(OPENAT) } });
  exit.run({ context: { id: BigInt(OPENAT) } });
  expect(counts()).toBe(1n);
});

test.skipIf(!kernelHere)(`counts calls of this process in the ${inKernel}`, async () => {
  const config = { watched: { pid: process.pid, call: OPENAT } };
  using tracer = await load<Tracer>(object, kernel(), { config });
  using _exit = tracer.programs.exit.attach({});
  using enter = tracer.programs.enter.attach({});
  for (let round = 0; round < 50; round++) closeSync(openSync("/dev/null", "r"));
  enter.detach();
  const counts = [...tracer.maps.latencies].map(([, count]) => count);
  expect(counts.reduce((sum, one) => sum + one, 0n)).toBeGreaterThanOrEqual(50n);
  expect(histogramLines(counts, "ns").join("\n")).toContain("#");
});
