// What the compiler accepts of indices the kernel's verifier accepts, at each level: programs from a seed that stays and
// from one that changes, which is in the name of the test.
import { fileURLToPath } from "node:url";
import { DiagnosticError } from "@typebpf/abi";
import { kernel } from "@typebpf/loader";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prepareFile } from "../../../packages/codegen/src/compile.ts";
import { kernelGate } from "../../harness/kernel-gate.ts";
import { indexModule, indexPrograms } from "./generator.ts";

const gate = await kernelGate();
const path = fileURLToPath(new URL("random.bpf.ts", import.meta.url));
const anySeed = Math.floor(Math.random() * 1e9);
const programs = 16;

/** What the kernel says of the module of a seed at a level, and the program that it says it of. */
async function refusals(source: string): Promise<readonly string[]> {
  const prepared = await prepareFile(path, { virtualFiles: new Map([[path, source]]) });
  const found: string[] = [];
  for (const level of [0, 1, 2] as const) {
    const { object, diagnostics } = prepared.finish({ level });
    if (!object) return diagnostics.map(({ code, message, at }) => `${code} ${message}, line ${at?.line}`);
    try {
      (await kernel().load(object))[Symbol.dispose]();
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      found.push(...error.diagnostics.map(({ code, message }) => `-O${level}: ${code} ${message}`));
    }
  }
  return found;
}

describe.runIf(gate.ok)(`random indices in the ${gate.title}`, () => {
  test.each([1, anySeed])("seed %i", async (seed) => {
    const source = indexModule(fc.sample(indexPrograms, { seed, numRuns: programs }));
    expect(await refusals(source), source).toEqual([]);
  });
});
