// `kernel({ cpu })`: runs leave their traces in that CPU's copies, and the thread gets its CPUs back. Needs CAP_BPF.
import { expect, test } from "vitest";
import { machineCpus } from "../../packages/loader/src/kernel/cpus.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { openSys } from "../../packages/loader/src/kernel/sys.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf, map, object, present, program } from "./objects.ts";

const counter = object(
  [
    program(
      "count",
      `
      *(u32 *)(r10 -4) = 0
      r2 = r10
      r2 += -4
      r1 = map hits
      call 1
      if r0 == 0 goto out
      r1 = *(u64 *)(r0 +0)
      r1 += 1
      *(u64 *)(r0 +0) = r1
      out:
      w0 = 2
      exit
      `,
    ),
  ],
  [map("hits", { type: "perCpuArray", maxEntries: 1 })],
);
const packet = new Uint8Array(60);

describeKernel("the CPU of a run", () => {
  const { possible, first } = machineCpus();

  test("counts in its copy only", async () => {
    using loaded = await kernel({ cpu: first }).load(counter);
    for (let runs = 0; runs < 20; runs++) present(loaded.programs.get("count")).run({ packet });
    const copies = present(loaded.maps.get("hits")).lookup(new Uint8Array(4));
    if (typeof copies === "number") throw new Error(`lookup: ${copies}`);
    const hits = new BigUint64Array(copies.slice().buffer);
    expect([...hits]).toEqual(Array.from({ length: possible }, (_, cpu) => (cpu === first ? 20n : 0n)));
  });

  test("the thread gets its CPUs back", async () => {
    const sys = await openSys();
    const [before, after] = [new Uint8Array(1024), new Uint8Array(1024)];
    sys.schedGetaffinity(before);
    using loaded = await kernel({ cpu: first }).load(counter);
    const run = present(loaded.programs.get("count"));
    run.run({ packet });
    expect(() => run.run({ packet: new Uint8Array(1) })).toThrow("BPF6220");
    sys.schedGetaffinity(after);
    expect(after).toEqual(before);
  });

  test("a CPU that is not there is refused", async () => {
    expect(await diagnosticOf(() => kernel({ cpu: -1 }))).toMatchObject({ code: "BPF6224" });
    using loaded = await kernel({ cpu: 8191 }).load(counter);
    expect(await diagnosticOf(() => present(loaded.programs.get("count")).run({ packet }))).toMatchObject({
      code: "BPF6224",
      message: "this process cannot run on CPU 8191",
      notes: ["the kernel answers EINVAL"],
    });
  });
});
