// A compiler that stays in memory: what changes is seen, what does not is not done again, and all of it gives what a new
// compiler gives.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { createCompiler } from "./compile.ts";

const folder = mkdtempSync(join(tmpdir(), "typebpf-compiler-"));
afterAll(() => rmSync(folder, { recursive: true }));

const entry = join(folder, "filter.bpf.ts");
const verdict = join(folder, "verdict.ts");
const right = 'import { XDP } from "@typebpf/dsl";\nexport const verdict = XDP.PASS;\n';

beforeEach(() => {
  writeFileSync(
    entry,
    'import { xdp } from "@typebpf/dsl";\nimport { verdict } from "./verdict.ts";\nexport const filter = xdp(() => verdict);\n',
  );
  writeFileSync(verdict, right);
});

test("what nothing has changed for is the same result, at each level its own", async () => {
  const compiler = createCompiler();
  const first = await compiler.compileFile(entry);
  expect(first.object?.programs).toHaveLength(1);
  expect(await compiler.compileFile(entry)).toBe(first);
  expect(await compiler.compileFile(entry, { level: 0 })).not.toBe(first);
  expect(await compiler.compileFile(entry, { targetKernel: "5.15" })).not.toBe(first);
  expect(await compiler.compileFile(entry)).toBe(first);
});

test.each<[string, string | undefined, readonly string[]]>([
  ["another value", right.replace("PASS", "DROP"), []],
  ["another type", "export const verdict = 77n;\n", ["BPF2010"]],
  ["a syntax error", "export const verdict = ;\n", ["BPF1001"]],
  ["nothing", undefined, ["BPF2007"]],
  ["a comment more", `// why\n${right}`, []],
])("an import that becomes %s, and comes back", async (_, text, codes) => {
  const compiler = createCompiler();
  const first = await compiler.compileFile(entry);
  if (text === undefined) rmSync(verdict);
  else writeFileSync(verdict, text);
  const changed = await compiler.compileFile(entry);
  expect(changed.diagnostics.map(({ code }) => code)).toEqual(codes);
  expect(changed).toEqual(await createCompiler().compileFile(entry));
  writeFileSync(verdict, right);
  expect(await compiler.compileFile(entry)).toEqual(first);
});

test("inputs are what was looked for: texts, and what is missing", async () => {
  rmSync(verdict);
  const { inputs } = await createCompiler().compileFile(entry);
  const found = inputs.map(({ kind, path }) => [kind, path.slice(folder.length + 1)]);
  expect(found).toEqual([
    ["text", "filter.bpf.ts"],
    ["absent", "verdict.ts"],
    ["absent", "verdict.ts.ts"],
  ]);
});
