// Filters that look sockets up and read them, loaded at each optimisation level: the verifier sees every socket given back, and
// every field read as it wants it.
import { expect, test } from "vitest";
import { compile } from "../../packages/codegen/src/index.ts";
import { kernel, load } from "../../packages/loader/src/index.ts";
import { describeKernel } from "./gate.ts";

const source = new URL("./filters/sockets.bpf.ts", import.meta.url);

describeKernel("sockets", () => {
  test.each([0, 1, 2] as const)("are given back and read at -O%i", async (level) => {
    const object = await compile(source, { level });
    await using loaded = await load<typeof import("./filters/sockets.bpf.ts")>(object, kernel());
    const frame = new Uint8Array(64);
    frame.set([8, 0, 0x45], 12);
    // Nothing listens there.
    expect(loaded.programs.look.run(frame).action).toBe("SHOT");
    expect(loaded.programs.own.run(frame).action).toBe("OK");
  });
});
