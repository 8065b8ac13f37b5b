// Runs every case file of test/language in every way: as JavaScript where it is pure, on the IR interpreter, in the
// simulator and in the kernel, at each optimisation level. All must give the same verdict, packet and maps, and what the
// file's own directives say.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type BpfObject, renderDiagnostic } from "@typebpf/abi";
import { kernel, simulator } from "@typebpf/loader";
import { beforeAll, describe, expect, test } from "vitest";
import { compileFile } from "../packages/codegen/src/compile.ts";
import type { IrModule } from "../packages/codegen/src/ir/function.ts";
import { type CaseRun, parseCaseFile } from "./harness/case-file.ts";
import { javaScriptOutcomes } from "./harness/javascript-run.ts";
import { kernelGate } from "./harness/kernel-gate.ts";
import { backendExecutor, type Executor, irExecutor, type Outcome } from "./harness/outcome.ts";

const folder = new URL("./language/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
const levels = [0, 1, 2] as const;
const gate = await kernelGate();
const mostReported = 5;

interface Build {
  readonly object: BpfObject;
  readonly ir: IrModule;
}

async function build(path: string, level: 0 | 1 | 2): Promise<Build> {
  const { object, ir, diagnostics } = await compileFile(path, { level, check: true });
  const source = (file: string): string => readFileSync(file, "utf8");
  if (!object || !ir)
    throw new Error(diagnostics.map((one) => renderDiagnostic(one, { source, color: false })).join("\n"));
  return { object, ir };
}

/** What the file's directives say of an outcome that is not so. */
function broken(run: CaseRun, outcome: Outcome): readonly string[] {
  const found: string[] = [];
  if (run.returns !== undefined && outcome.retval !== run.returns)
    found.push(`returns ${outcome.retval}, not ${run.returns}`);
  if (run.out !== undefined && !outcome.packet.startsWith(run.out)) found.push(`out ${outcome.packet}, not ${run.out}`);
  for (const [field, value] of Object.entries(run.leaves)) {
    if (outcome.context[field] !== value) found.push(`leaves ${field}=${outcome.context[field]}, not ${value}`);
  }
  for (const [map, entries] of run.after) {
    const expected = Object.fromEntries(entries.map(({ key, value }) => [key, value]).sort());
    const actual = outcome.maps[map] ?? {};
    if (JSON.stringify(actual) !== JSON.stringify(expected)) {
      found.push(`after ${map}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
    }
  }
  return found;
}

/** The first byte in which two packets differ. */
function difference(actual: string, expected: string): string {
  let at = 0;
  while (at < actual.length && actual[at] === expected[at]) at += 1;
  const byte = at >> 1;
  const around = (hex: string): string => hex.slice(byte * 2, byte * 2 + 16);
  return `packet differs at byte ${byte}: ${around(actual)}…, not ${around(expected)}…`;
}

function differences(outcome: Outcome, expected: Outcome): readonly string[] {
  const found: string[] = [];
  if (outcome.retval !== expected.retval) found.push(`verdict ${outcome.retval}, not ${expected.retval}`);
  if (outcome.packet !== expected.packet) found.push(difference(outcome.packet, expected.packet));
  if (
    JSON.stringify(Object.entries(outcome.context).sort()) !== JSON.stringify(Object.entries(expected.context).sort())
  ) {
    found.push(`context ${JSON.stringify(outcome.context)}, not ${JSON.stringify(expected.context)}`);
  }
  if (JSON.stringify(outcome.maps) !== JSON.stringify(expected.maps)) {
    found.push(`maps ${JSON.stringify(outcome.maps)}, not ${JSON.stringify(expected.maps)}`);
  }
  return found;
}

function check(runs: readonly CaseRun[], executor: Executor, expected: readonly Outcome[]): void {
  const failures: string[] = [];
  runs.forEach((run, index) => {
    const outcome = executor.run(run);
    const reference = expected[index];
    const problems = [...broken(run, outcome), ...(reference ? differences(outcome, reference) : [])];
    failures.push(...problems.map((problem) => `${run.program} ${run.label}: ${problem}`));
  });
  expect(failures.slice(0, mostReported).join("\n"), `${failures.length} of ${runs.length} runs`).toBe("");
}

describe.each(files)("%s", (name) => {
  const path = fileURLToPath(new URL(name, folder));
  const cases = parseCaseFile(readFileSync(path, "utf8"));
  const builds = new Map<number, Build>();
  let expected: readonly Outcome[] = [];

  const built = (level: number): Build => {
    const found = builds.get(level);
    if (!found) throw new Error(`not built at -O${level}`);
    return found;
  };

  beforeAll(async () => {
    for (const level of levels) builds.set(level, await build(path, level));
    const { ir, object } = built(0);
    using executor = irExecutor(ir, object);
    // Where JavaScript is no oracle, the unoptimised IR is the reference, and the directives say what it must give.
    expected =
      cases.notJavaScript === undefined
        ? javaScriptOutcomes({ path, ...cases, object })
        : cases.runs.map((run) => executor.run(run));
  });

  test("says what must come of it", () => {
    const bare = cases.runs.filter((run) => run.returns === undefined && run.out === undefined && run.after.size === 0);
    expect(cases.notJavaScript === undefined ? [] : bare).toEqual([]);
    const wrong = cases.runs.flatMap((run, index) => {
      const outcome = expected[index];
      return outcome
        ? broken(run, outcome).map((problem) => `${run.program} ${run.label}: ${problem}`)
        : ["no outcome"];
    });
    expect(wrong).toEqual([]);
  });

  test.each(levels)("-O%i on the IR interpreter", (level) => {
    const { ir, object } = built(level);
    using executor = irExecutor(ir, object);
    check(cases.runs, executor, expected);
  });

  test.each(levels)("-O%i in the simulator", async (level) => {
    using executor = await backendExecutor(built(level).object, simulator());
    check(cases.runs, executor, expected);
  });

  test.skipIf(!gate.ok).each(levels)(`-O%i in the ${gate.title}`, async (level) => {
    using executor = await backendExecutor(built(level).object, kernel());
    check(cases.runs, executor, expected);
  });
});
