// A filter drains what user space has written: the same in the simulator and in the kernel, at each level of optimisation.
import { expect, test } from "vitest";
import { compile } from "../../packages/codegen/src/index.ts";
import { type Backend, type BackendMap, kernel, load, simulator } from "../../packages/loader/src/index.ts";
import { describeKernel, testSince } from "./gate.ts";

type Filters = typeof import("./filters/user-ring.bpf.ts");
const path = new URL("./filters/user-ring.bpf.ts", import.meta.url);
const packet = new Uint8Array(64);

async function drains(level: 0 | 2, backend: Backend): Promise<void> {
  using filters = await load<Filters>(await compile(path, { level }), backend);
  const { commands, numbers, sums, results } = filters.maps;
  const { obey, mark } = filters.programs;
  const seen = () => [sums.get(0), results.get(0)];
  expect((await obey.run({ packet })).retval).toBe(1);
  expect(seen()).toEqual([0n, { taken: 0, last: 0 }]);
  commands.write({ add: 5n, port: 1 });
  commands.write({ add: 0xffff_ffff_ffff_ffffn, port: 0xffff, last: 1 });
  commands.write({ add: 7n, port: 3 });
  expect((await obey.run({ packet })).retval).toBe(2);
  expect(seen()).toEqual([4n, { taken: 2, last: 0xffff }]);
  expect(commands.used).toBe(24);
  await obey.run({ packet });
  expect(seen()).toEqual([7n, { taken: 1, last: 3 }]);
  expect(commands.used).toBe(0);
  // More rounds than the ring has room for at once.
  for (let round = 0; round < 3; round++) {
    for (let count = 0; count < 100; count++) commands.write({ add: BigInt(count), port: count });
    await obey.run({ packet });
    expect(seen()).toEqual([4950n, { taken: 100, last: 99 }]);
  }
  for (const number of [1, 2, 2, 0xffff_ffff]) numbers.write(number);
  await mark.run({ packet });
  expect([1, 2, 3].map((index) => sums.get(index))).toEqual([3n, 6n, 3n]);
  expect(results.get(1)?.taken).toBe(4);
  // A record that is too short is taken without a call; of a longer one the beginning is seen.
  numbers.close();
  const { raw } = numbers as unknown as { readonly raw: BackendMap };
  using writer = raw.userRing?.();
  for (const bytes of [[1, 0, 0], [1, 0, 0, 0, 9], []]) writer?.write(Uint8Array.from(bytes));
  await mark.run({ packet });
  expect([sums.get(1), results.get(1)?.taken]).toEqual([6n, 3]);
}

test.each([0, 2] as const)("a simulated filter drains records, at -O%d", async (level) => {
  await drains(level, simulator());
});

describeKernel("a user ring buffer", () => {
  testSince("6.1", "filters drain records", async () => {
    for (const level of [0, 2] as const) await drains(level, kernel());
  });
});
