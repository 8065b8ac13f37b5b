// A filter reads the copies of all CPUs: the same in the simulator and in the kernel.
import { expect, test } from "vitest";
import { compile } from "../../packages/codegen/src/index.ts";
import { type Backend, kernel, load, simulator } from "../../packages/loader/src/index.ts";
import { describeKernel, testSince } from "./gate.ts";

type Filters = typeof import("./filters/per-cpu.bpf.ts");
const path = new URL("./filters/per-cpu.bpf.ts", import.meta.url);

async function sums(level: 0 | 2, backend: Backend): Promise<void> {
  using filters = await load<Filters>(await compile(path, { level }), backend);
  const { counts, flows, late, sums } = filters.maps;
  const cpus = counts.get(1)?.length ?? 0;
  const copies = Array.from({ length: cpus }, (_, cpu) => cpu + 1);
  const wanted = copies.reduce((sum, one) => sum + one, 0);
  const [last = 0] = copies.slice(-1);
  counts.set(1, [...copies.slice(0, -1).map(BigInt), 0xffff_ffff_ffff_ffffn]);
  flows.set(5n, copies);
  late.set(5, copies);
  expect((await filters.programs.total.run({ packet: new Uint8Array(64) })).retval).toBe(2);
  expect(sums.get(0)).toEqual({ total: BigInt.asUintN(64, BigInt(wanted - last) - 1n), cpus });
  expect(sums.get(1)).toEqual({ total: BigInt(wanted), cpus });
  expect(sums.get(2)).toEqual({ total: BigInt(wanted), cpus });
  expect(counts.get(1)?.[0]).toBe(77n);
}

test.each([1, 3] as const)("copies of %d simulated CPUs", async (cpus) => {
  for (const level of [0, 2] as const) await sums(level, simulator({ cpus }));
});

describeKernel("copies of values for each CPU", () => {
  testSince("5.19", "a filter sums those of all CPUs", async () => {
    for (const level of [0, 2] as const) await sums(level, kernel());
  });
});
