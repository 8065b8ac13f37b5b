// The filters of the bench compile, and each number has its own.
import { describe, expect, test } from "vitest";
import { createCompiler } from "../../packages/codegen/src/compile.ts";
import { generateProgram } from "./generated-programs.ts";

const compiler = createCompiler();

describe("generated filters", () => {
  test.each(Array.from({ length: 20 }, (_, number) => number))("%i compiles", async (number) => {
    const { typescript } = generateProgram(number);
    const { diagnostics } = await compiler.compileFile("/given/a.bpf.ts", {
      virtualFiles: new Map([["/given/a.bpf.ts", typescript]]),
    });
    expect(diagnostics).toEqual([]);
  });

  test("are the same each time, and different from each other", () => {
    const texts = Array.from({ length: 100 }, (_, number) => generateProgram(number).typescript);
    expect(new Set(texts).size).toBe(100);
    expect(generateProgram(7)).toEqual(generateProgram(7));
  });
});
