// The documents are true: every path they name exists, links lead somewhere, code that is a filter compiles, other
// TypeScript type-checks in its shape, and the README's filter is the example's.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { renderDiagnostic } from "@typebpf/abi";
import { compileFile } from "@typebpf/codegen";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

function markdownUnder(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : markdownUnder(path);
    return /(?<!\.generated)\.md$/.test(path) ? [path] : [];
  });
}

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  ...markdownUnder("docs"),
  ...markdownUnder("examples"),
  ...markdownUnder("bench"),
];
const topFolders = "packages|examples|test|bench|docs|scripts";

interface Block {
  readonly language: string;
  readonly code: string;
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

function blocksOf(path: string): readonly Block[] {
  return Array.from(read(path).matchAll(/^```(\w*)\n(.*?)^```$/gms), ([, language = "", code = ""]) => ({
    language,
    code,
  }));
}

/** Paths from the root that a document names in prose or in a block of commands. */
function pathsOf(path: string): readonly string[] {
  const prose = read(path).replaceAll(/^```ts\n.*?^```$/gms, "");
  const named = prose.matchAll(new RegExp(`(?<![\\w./@-])(?:${topFolders})/[\\w./*-]*[\\w*]`, "g"));
  return Array.from(named, ([name]) => name).filter((name) => !name.includes("*"));
}

function linksOf(path: string): readonly string[] {
  const links = Array.from(read(path).matchAll(/\]\(([^)#]+)[^)]*\)/g), ([, target = ""]) => target);
  return links
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => relative(root, join(root, dirname(path), target)));
}

describe.each(documents)("%s", (document) => {
  test("names paths that exist", () => {
    expect([...pathsOf(document), ...linksOf(document)].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  const code = blocksOf(document).filter(({ language }) => language === "ts");
  const filters = code.filter((block) => block.code.includes("@typebpf/dsl"));

  if (filters.length > 0)
    test("has filters that compile", async () => {
      for (const [index, filter] of filters.entries()) {
        const path = join(root, `${document}.${index}.bpf.ts`);
        const { object, diagnostics } = await compileFile(path, { virtualFiles: new Map([[path, filter.code]]) });
        const source = (): string => filter.code;
        expect(diagnostics.map((one) => renderDiagnostic(one, { source, color: false })).join("\n")).toBe("");
        expect(object?.programs.length).toBeGreaterThan(0);
      }
    });

  if (code.length > 0)
    test("has code that parses", () => {
      const wrong = code.flatMap((block) => {
        const { diagnostics = [] } = ts.transpileModule(block.code, {
          reportDiagnostics: true,
          compilerOptions: { module: ts.ModuleKind.ESNext },
        });
        return diagnostics.map(({ messageText }) => `${messageText}`);
      });
      expect(wrong).toEqual([]);
    });
});

test("documents are found", () => {
  expect(documents.length).toBeGreaterThan(8);
  expect(documents.flatMap(pathsOf).length).toBeGreaterThan(40);
});

test("the README's filter is the firewall example", () => {
  const body = (text: string): string => text.replace(/^\/\/.*\n/, "").trim();
  const shown = blocksOf("README.md").find(({ code }) => code.includes("export const firewall"));
  expect(body(shown?.code ?? "")).toBe(body(read("examples/firewall/firewall.bpf.ts")));
});

test("what the documents run are scripts of the workspace", () => {
  const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
  const named = documents.flatMap((path) =>
    Array.from(read(path).matchAll(/npm (?:run (?:-s )?([\w:]+)|(test))/g), ([, name, built]) => name ?? built ?? ""),
  );
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
