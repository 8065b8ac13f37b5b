// Fixtures and catalogues are a bijection: each file BPF####-*.ts raises exactly its code, on the line marked `// here`,
// and each code of the language (1xxx), of types (2xxx) and of limits (3xxx) has a fixture. A first line
// `// target: 4.20` sets the kernel. `cured` has the same programs put right, which compile without a finding.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { analyzeDiagnostics } from "../../packages/codegen/src/analyze/diagnostics.ts";
import { compileFile } from "../../packages/codegen/src/compile.ts";
import { frontendDiagnostics } from "../../packages/codegen/src/diagnostics.ts";
import { lowerDiagnostics } from "../../packages/codegen/src/lower/diagnostics.ts";
import { machineDiagnostics } from "../../packages/codegen/src/machine/diagnostics.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const fixtures = readdirSync(folder).filter((name) => /^BPF\d{4}-.*\.ts$/.test(name));

const cures = readdirSync(`${folder}cured`);

const catalogues = [frontendDiagnostics, lowerDiagnostics, analyzeDiagnostics, machineDiagnostics];

/** Codes that no file can raise, with the test that raises them. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["BPF1002", "packages/codegen/src/frontend/project.test.ts"],
  ["BPF1003", "packages/codegen/src/frontend/project.test.ts"],
  ["BPF1015", "packages/codegen/src/frontend/project.test.ts"],
  ["BPF1999", "packages/codegen/src/frontend/project.test.ts"],
  ["BPF2105", "packages/codegen/src/analyze/analyze.test.ts"],
  ["BPF3007", "packages/codegen/src/lower/lower.test.ts"],
  ["BPF3010", "test/fuzz/machine.test.ts"],
]);

/** Codes that only programs raise which are too large for a test that runs often. */
const tooLarge: ReadonlySet<string> = new Set(["BPF3011", "BPF3013"]);

/** Codes that no change of the program cures, with the reason. */
const incurable: ReadonlyMap<string, string> = new Map([]);

function targetOf(text: string): { readonly targetKernel?: string } {
  const targetKernel = /^\/\/ target: ([\d.]+)$/m.exec(text)?.[1];
  return targetKernel ? { targetKernel } : {};
}

describe("each fixture raises its code and no other", () => {
  test.each(fixtures)("%s", async (name) => {
    const text = readFileSync(`${folder}${name}`, "utf8");
    const marked = text.split("\n").flatMap((line, index) => (line.includes("// here") ? [index + 1] : []));
    expect(marked).toHaveLength(1);
    const { object, diagnostics } = await compileFile(`${folder}${name}`, targetOf(text));
    expect(object).toBeUndefined();
    const found = diagnostics.map(({ code, at }) => ({ code, file: at?.file, line: at?.line }));
    const expected = { code: name.slice(0, 7), file: `test/diagnostics/${name}`, line: marked[0] };
    // Two uses on one line are two findings.
    expect(found).toEqual(found.length > 0 ? found.map(() => expected) : [expected]);
    expect(new Set(diagnostics.map(({ at }) => at?.column)).size).toBe(diagnostics.length);
    expect(diagnostics.every(({ help, message }) => help && message)).toBe(true);
  });
});

describe("each cure compiles without a finding", () => {
  test.each(cures)("%s", async (name) => {
    const text = readFileSync(`${folder}cured/${name}`, "utf8");
    const { object, diagnostics } = await compileFile(`${folder}cured/${name}`, targetOf(text));
    expect(diagnostics).toEqual([]);
    expect(object).toBeDefined();
    expect(text).not.toBe(readFileSync(`${folder}${name}`, "utf8"));
  });
});

test("each fixture has a cure, or a reason why there is none", () => {
  const needed = fixtures.filter((name) => !incurable.has(name.slice(0, 7)));
  expect(cures.toSorted()).toEqual(needed.toSorted());
});

test("catalogues and fixtures are a bijection", () => {
  const codes: string[] = catalogues.flatMap((one) => Object.values(one)).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  const covered = [...fixtures.map((name) => name.slice(0, 7)), ...elsewhere.keys(), ...tooLarge];
  expect(covered.toSorted()).toEqual(codes.toSorted());
});

test("what has no fixture is named in its test", () => {
  for (const [code, path] of elsewhere) {
    expect(readFileSync(`${folder}../../${path}`, "utf8")).toContain(code);
  }
});
