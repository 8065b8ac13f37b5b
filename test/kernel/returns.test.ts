// What programs return is within what the kernel takes, in a form that its verifier sees, at each level. Needs root.
import { expect, test } from "vitest";
import { compile } from "../../packages/codegen/src/index.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { describeKernel } from "./gate.ts";

describeKernel("returned values", () => {
  test.each([0, 1, 2] as const)("at level %i", async (level) => {
    const object = await compile(new URL("./filters/returns.bpf.ts", import.meta.url), { level });
    using loaded = await kernel().load(object);
    expect([...loaded.programs.keys()]).toEqual(object.programs.map(({ name }) => name));
  });
});
