// The entry point: what it reads, how it names files, and that nothing makes it throw.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Target } from "@typebpf/abi";
import { afterAll, describe, expect, test } from "vitest";
import { convertModule } from "./project.ts";
import { createSession } from "./session.ts";
import { MAX_SOURCE_BYTES } from "./source-files.ts";

const session = createSession();
const target: Target = { kernel: "6.1", isa: 3 };
const folder = mkdtempSync(join(tmpdir(), "typebpf-frontend-"));
afterAll(() => rmSync(folder, { recursive: true }));

const EMPTY = 'import { xdp, XDP } from "@typebpf/dsl";\nexport const empty = xdp(() => XDP.PASS);\n';

function codesOf(path: string): readonly string[] {
  return convertModule(path, { target, session }).diagnostics.map(({ code }) => code);
}

function written(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function convertText(text: string) {
  return convertModule("/given/a.bpf.ts", { target, session, virtualFiles: new Map([["/given/a.bpf.ts", text]]) });
}

describe("files", () => {
  test("BPF1002: a missing file, a folder, something that is no TypeScript", () => {
    expect(codesOf(join(folder, "missing.bpf.ts"))).toEqual(["BPF1002"]);
    expect(codesOf(folder)).toEqual(["BPF1002"]);
    expect(codesOf(written("a.txt", EMPTY))).toEqual(["BPF1002"]);
    expect(codesOf(`${join(folder, "nul")}\0.ts`)).toEqual(["BPF1002"]);
  });

  test("BPF1003: bytes that are no UTF-8, and too many of them", () => {
    expect(codesOf(written("latin1.bpf.ts", Uint8Array.of(0x2f, 0x2f, 0xe9, 0x0a)))).toEqual(["BPF1003"]);
    expect(codesOf(written("large.bpf.ts", " ".repeat(MAX_SOURCE_BYTES + 1)))).toEqual(["BPF1003"]);
  });

  test("a byte order mark is no problem, and spans are relative to the nearest package", () => {
    written("package/package.json", "{}");
    const { module } = convertModule(written("package/src/a.bpf.ts", `\ufeff${EMPTY}`), { target });
    expect(module?.programs).toMatchObject([
      { name: "empty", type: "xdp", at: { file: "src/a.bpf.ts", line: 2, column: 14 } },
    ]);
    expect(module?.sources).toEqual([{ file: "src/a.bpf.ts", text: EMPTY }]);
  });

  test("given texts take precedence, and import each other with and without endings", () => {
    const virtualFiles = new Map([
      ["/given/package.json", "{}"],
      [
        "/given/src/a.bpf.ts",
        'import { PASS } from "./b";\nimport { maps } from "../c.js";\nimport type { T } from "./b.ts";\nimport { xdp } from "@typebpf/dsl";\nexport const a = xdp((ctx) => { const t: T = ctx.rxQueueIndex; return maps.get(t) ? PASS : PASS; });',
      ],
      [
        "/given/src/b.ts",
        'import { XDP, type u32 } from "@typebpf/dsl";\nexport const PASS = XDP.PASS;\nexport type T = u32;',
      ],
      [
        "/given/c.ts",
        'import { hashMap, u32, u64 } from "@typebpf/dsl";\nexport const maps = hashMap({ key: u32, value: u64, maxEntries: 1 });',
      ],
    ]);
    const { module, diagnostics } = convertModule("/given/src/a.bpf.ts", { target, virtualFiles, session });
    expect(diagnostics).toEqual([]);
    expect(module?.sources.map(({ file }) => file).toSorted()).toEqual(["c.ts", "src/a.bpf.ts", "src/b.ts"]);
    expect(module?.maps).toMatchObject([{ name: "maps", type: "hash", at: { file: "c.ts", line: 2 } }]);
  });
});

describe("nothing throws", () => {
  test("BPF1015: nesting without end", () => {
    for (const text of [
      `const x = ${"(".repeat(50_000)}1${")".repeat(50_000)};`,
      `const x = ${"-".repeat(1)}${"~".repeat(50_000)}1;`,
    ]) {
      expect(convertText(`${EMPTY}${text}`).diagnostics.map(({ code }) => code)).toEqual(["BPF1015"]);
    }
  });

  test("BPF1999: a bug of our own is a diagnostic with the stage's name", () => {
    const virtualFiles = new Map<string, string>();
    virtualFiles[Symbol.iterator] = () => {
      throw new Error("broken");
    };
    const { diagnostics } = convertModule("/given/a.bpf.ts", { target, virtualFiles, session });
    expect(diagnostics).toMatchObject([{ code: "BPF1999", message: "frontend: broken" }]);
  });

  test("several findings in one run, each once, in order of place", () => {
    const { diagnostics } = convertText(`${EMPTY}const a: number = true;\nvar b = 1;\nconst c: boolean = 2;\n`);
    expect(diagnostics.map(({ code, at }) => [code, at?.line])).toEqual([
      ["BPF2001", 3],
      ["BPF1045", 4],
      ["BPF2001", 5],
    ]);
  });
});

describe("names that the library lacks", () => {
  test.each([
    "console.log(1)",
    "Date.now()",
    "setTimeout(() => 1)",
    "fetch(1)",
    "process.exit(1)",
    "parseInt(1)",
    "globalThis.x",
  ])("%s", (text) => {
    const { diagnostics } = convertText(`${EMPTY}export const f = xdp(() => { ${text}; return XDP.PASS; });`);
    expect(diagnostics.map(({ severity }) => severity)).toEqual(["error"]);
  });
});
