// Case files of test/language for older kernels: what compiles needs nothing that the target has not, and gives in the
// simulator what it gives for the newest target. What does not compile is refused by the gate of the target, by name.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type BpfObject, compareKernels, requirementsOf, requirementsOfMaps } from "@typebpf/abi";
import { simulator } from "@typebpf/loader";
import { afterAll, describe, expect, test } from "vitest";
import { compileFile } from "../packages/codegen/src/compile.ts";
import { parseCaseFile } from "./harness/case-file.ts";
import { backendExecutor, type Outcome } from "./harness/outcome.ts";

const folder = new URL("./language/", import.meta.url);
/** One for each thing that is lowered differently, and some that need nothing. */
const files = [
  "atomics.ts",
  "bigint-signed.ts",
  "choices.ts",
  "control-flow.ts",
  "for-each.ts",
  "functions.ts",
  "globals.ts",
  "helpers.ts",
  "known-indices.ts",
  "ring-buffer.ts",
];
/** One before each step of the instruction set and of what is lowered differently. */
const targets = ["4.14", "5.10"] as const;
/** Of the gate, of the stack and size that unrolling needs, and of lowering without what the target lacks. */
const gates = ["BPF3009", "BPF3002"];

const compiled = new Map<string, number>(targets.map((target) => [target, 0]));

async function outcomes(object: BpfObject, path: string): Promise<readonly Outcome[]> {
  const { runs } = parseCaseFile(readFileSync(path, "utf8"));
  using executor = await backendExecutor(object, simulator());
  return runs.map((run) => executor.run(run));
}

describe.each(files)("%s", (name) => {
  const path = fileURLToPath(new URL(name, folder));

  test.each(targets)("for Linux %s", async (targetKernel) => {
    const { object, diagnostics } = await compileFile(path, { targetKernel });
    if (!object) {
      expect([...new Set(diagnostics.map(({ code }) => code))].filter((code) => !gates.includes(code))).toEqual([]);
      return;
    }
    compiled.set(targetKernel, (compiled.get(targetKernel) ?? 0) + 1);
    const needs = [...object.programs.flatMap((one) => requirementsOf(object, one)), ...requirementsOfMaps(object)];
    expect(needs.filter(({ since }) => compareKernels(since, targetKernel) > 0)).toEqual([]);
    const newest = await compileFile(path);
    if (!newest.object) throw new Error(`${name} does not compile`);
    expect(await outcomes(object, path)).toEqual(await outcomes(newest.object, path));
  });
});

afterAll(() => {
  // A gate that refuses everything would pass too.
  expect([...compiled.values()].every((count) => count > files.length / 3)).toBe(true);
});
