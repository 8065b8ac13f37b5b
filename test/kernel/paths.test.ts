// Loops with choices that depend on data: the kernel's verifier accepts them, since choices are no branches there. Needs
// CAP_BPF.
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compile } from "../../packages/codegen/src/compile.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { describeKernel } from "./gate.ts";

/** Of a million that the verifier follows. */
const most = 150_000;

describeKernel("paths through loops", () => {
  test("checksums, counts, extremes and parity of many bytes stay few", async () => {
    const object = await compile(fileURLToPath(new URL("filters/paths.bpf.ts", import.meta.url)));
    using loaded = await kernel({ logLevel: 4 }).load(object);
    const followed = [...loaded.programs].map(([name, { log }]) => [
      name,
      Number(/processed (\d+) insns/u.exec(log)?.[1]),
    ]);
    expect(followed.length).toBe(object.programs.length);
    expect(followed.filter(([, count]) => !(Number(count) < most))).toEqual([]);
  });
});
