// Fixtures and catalogues are a bijection: each file BPF####-*.ts raises exactly its code, on the line marked `// here`,
// and each code of the language (1xxx), of types (2xxx) and of limits (3xxx) has a fixture.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { FRONTEND_DIAGNOSTICS } from "../../packages/codegen/src/diagnostics.ts";
import { convertModule } from "../../packages/codegen/src/frontend/project.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const fixtures = readdirSync(folder).filter((name) => /^BPF\d{4}-.*\.ts$/.test(name));

/** Codes that no file can raise, with the test that raises them. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["BPF1002", "packages/codegen/src/frontend/project.test.ts"],
  ["BPF1003", "packages/codegen/src/frontend/project.test.ts"],
  ["BPF1015", "packages/codegen/src/frontend/project.test.ts"],
  ["BPF1999", "packages/codegen/src/frontend/project.test.ts"],
]);

describe("each fixture raises its code and no other", () => {
  test.each(fixtures)("%s", (name) => {
    const lines = readFileSync(`${folder}${name}`, "utf8").split("\n");
    const marked = lines.flatMap((line, index) => (line.includes("// here") ? [index + 1] : []));
    expect(marked).toHaveLength(1);
    const { module, diagnostics } = convertModule(`${folder}${name}`, { target: { kernel: "6.1", isa: 3 } });
    expect(module).toBeUndefined();
    const found = diagnostics.map(({ code, at }) => ({ code, file: at?.file, line: at?.line }));
    const expected = { code: name.slice(0, 7), file: `test/diagnostics/${name}`, line: marked[0] };
    expect(found).toEqual(found.length > 0 ? found.map(() => expected) : [expected]);
    expect(diagnostics.every(({ help, message }) => help && message)).toBe(true);
  });
});

test("catalogues and fixtures are a bijection", () => {
  const codes: string[] = Object.values(FRONTEND_DIAGNOSTICS).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  const covered = [...fixtures.map((name) => name.slice(0, 7)), ...elsewhere.keys()];
  expect(covered.toSorted()).toEqual(codes.toSorted());
});

test("what has no fixture is named in its test", () => {
  for (const [code, path] of elsewhere) {
    expect(readFileSync(`${folder}../../${path}`, "utf8")).toContain(code);
  }
});
