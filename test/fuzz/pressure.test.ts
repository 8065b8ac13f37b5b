// The register allocator under pressure, from source to the kernel: every allocation passes its independent checker, and
// with 3, 5 and 10 registers, at each level, the simulator and the kernel give what JavaScript gives.
import { fileURLToPath } from "node:url";
import { kernel, simulator } from "@typebpf/loader";
import fc from "fast-check";
import { expect, test } from "vitest";
import { prepareFile } from "../../packages/codegen/src/compile.ts";
import type { CaseRun } from "../harness/case-file.ts";
import { javaScriptOutcomes } from "../harness/javascript-run.ts";
import { kernelGate } from "../harness/kernel-gate.ts";
import { backendExecutor, type Outcome } from "../harness/outcome.ts";
import { pressurePrograms } from "./pressure-programs.ts";
import { inputsOf } from "./run/inputs.ts";

const gate = await kernelGate();
const path = fileURLToPath(new URL("pressure.bpf.ts", import.meta.url));
const combinations = ([0, 2] as const).flatMap((level) => [3, 5, 10].map((registers) => ({ level, registers })));

const given: CaseRun["given"] = [0, 1, 2, 3].flatMap((number) => [
  { map: "cells", key: `0${number}000000`, value: `0${number}00000007000000ff000000000000${number}0` },
  { map: "seen", key: `0${number * 2}000000`, value: "2a000000" },
]);

function text({ retval, packet, maps }: Outcome): string {
  return `${retval} ${packet} ${JSON.stringify(Object.entries(maps).sort())}`;
}

test.each(Object.entries(pressurePrograms))(`%s, ${gate.title}`, async (_, source) => {
  const prepared = await prepareFile(path, { virtualFiles: new Map([[path, source]]) });
  const [drawn = []] = fc.sample(inputsOf(["p0"], 12), { seed: 1, numRuns: 1 });
  const runs = drawn.map((run) => ({ ...run, given }));
  let expected: readonly string[] | undefined;
  for (const { level, registers } of combinations) {
    const { object, diagnostics } = prepared.finish({ level, registers, check: true });
    if (!object) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
    expected ??= javaScriptOutcomes({ path, signed: false, runs, object, read: () => source }).map(text);
    // Most inputs get past the checks, or nothing would be under pressure.
    expect(expected.filter((one) => one.startsWith("2 ")).length).toBeGreaterThan(6);
    for (const backend of gate.ok ? [simulator(), kernel()] : [simulator()]) {
      using executor = await backendExecutor(object, backend);
      expect(
        runs.map((run) => text(executor.run(run))),
        `-O${level}, ${registers} registers`,
      ).toEqual(expected);
    }
  }
});

test("thirty values need the stack, at any number of registers", async () => {
  const source = pressurePrograms["thirty live values"] ?? "";
  const prepared = await prepareFile(path, { virtualFiles: new Map([[path, source]]) });
  const spills = [3, 5, 10].map((registers) => {
    const { object } = prepared.finish({ level: 2, registers, check: true });
    return object?.programs[0]?.insns.filter(({ dst, src }) => dst === 10 || src === 10).length ?? 0;
  });
  const [three = 0, five = 0, ten = 0] = spills;
  expect(ten).toBeGreaterThan(20);
  expect(five).toBeGreaterThan(ten);
  expect(three).toBeGreaterThan(five);
});
