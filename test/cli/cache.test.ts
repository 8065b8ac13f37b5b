// Results that are kept: they count while nothing they depend on has changed, are what compiling gives, and whatever else
// lies in the folder is never believed.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { sha256 } from "../../packages/cli/src/cache/entry.ts";
import { cacheFolder } from "../../packages/cli/src/cache/location.ts";
import { openCache } from "../../packages/cli/src/cache/result-cache.ts";
import { compileFile } from "../../packages/codegen/src/compile.ts";
import { typebpf } from "./harness.ts";

const folder = mkdtempSync(join(tmpdir(), "typebpf-cache-"));
const cache = join(folder, "cache");
const entry = join(folder, "filter.bpf.ts");
const limits = join(folder, "limits.ts");
const key = { level: 2, targetKernel: "6.1", directMapValues: true };
afterAll(() => rmSync(folder, { recursive: true }));

const source = `import { xdp, XDP } from "@typebpf/dsl";
import { most } from "./limits.ts";
export const filter = xdp((ctx) => (ctx.packet.length > most ? XDP.DROP : XDP.PASS));
`;

beforeEach(() => {
  rmSync(cache, { recursive: true, force: true });
  vi.stubEnv("TYPEBPF_CACHE", cache);
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(entry, source);
  writeFileSync(limits, "export const most = 100;\n");
});

const read = () => openCache(entry, key)?.read();

/** Compiles and keeps the result; gives the path of the entry. */
async function kept(): Promise<string> {
  openCache(entry, key)?.write(await compileFile(entry));
  const [name = ""] = readdirSync(cache);
  return join(cache, name);
}

describe("an entry counts", () => {
  test("while everything is as it was, and is what was compiled", async () => {
    expect(read()).toBeUndefined();
    await kept();
    const { object, diagnostics } = await compileFile(entry);
    expect(object).toBeDefined();
    expect(read()).toMatchObject({ object, diagnostics });
    // The same text again: times do not count.
    writeFileSync(limits, "export const most = 100;\n");
    expect(read()).toBeDefined();
  });

  test.each<[string, () => void]>([
    ["the filter changes", () => writeFileSync(entry, `${source}\n`)],
    ["an import changes", () => writeFileSync(limits, "export const most = 101;\n")],
    ["an import goes", () => rmSync(limits)],
  ])("no more when %s", async (_, change) => {
    await kept();
    expect(read()).toBeDefined();
    change();
    expect(read()).toBeUndefined();
  });

  test("no more when a file comes that was looked for in vain", async () => {
    rmSync(limits);
    await kept();
    expect(read()?.diagnostics).toEqual((await compileFile(entry)).diagnostics);
    writeFileSync(limits, "export const most = 100;\n");
    expect(read()).toBeUndefined();
  });

  test("for its options only", async () => {
    await kept();
    expect(openCache(entry, { ...key, level: 1 })?.read()).toBeUndefined();
    expect(openCache(entry, { ...key, targetKernel: "5.15" })?.read()).toBeUndefined();
    expect(openCache(entry, { ...key, directMapValues: false })?.read()).toBeUndefined();
  });
});

describe("nothing else is believed", () => {
  test.each<[string, (path: string) => void]>([
    ["nothing in it", (path) => writeFileSync(path, "")],
    ["its end cut off", (path) => writeFileSync(path, readFileSync(path, "utf8").slice(0, -10))],
    ["another byte", (path) => writeFileSync(path, readFileSync(path, "utf8").replace('"imm":1', '"imm":3'))],
    ["a right digest of nonsense", (path) => writeFileSync(path, `${sha256("[]")}\n[]`)],
    [
      "a right digest of an object that cannot be",
      (path) => {
        const body = readFileSync(path, "utf8").slice(65).replace('"opcode":149', '"opcode":255');
        writeFileSync(path, `${sha256(body)}\n${body}`);
      },
    ],
    [
      "a depth that no parser takes",
      (path) => {
        const body = `{"inputs":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
        writeFileSync(path, `${sha256(body)}\n${body}`);
      },
    ],
    ["others who may write it", (path) => chmodSync(path, 0o666)],
    [
      "a link in its place",
      (path) => {
        writeFileSync(`${path}.real`, readFileSync(path), { mode: 0o600 });
        rmSync(path);
        symlinkSync(`${path}.real`, path);
      },
    ],
    [
      "a folder in its place",
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])("an entry with %s", async (_, change) => {
    const path = await kept();
    expect(read()).toBeDefined();
    const before = existsSync(path);
    change(path);
    expect({ before, found: read() }).toEqual({ before: true, found: undefined });
  });

  test("a folder that cannot be made costs nothing", async () => {
    vi.stubEnv("TYPEBPF_CACHE", join(entry, "cache"));
    const { status, stdout } = await typebpf("check", entry);
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${entry}: ok, 1 program\n` });
  });
});

describe("the command", () => {
  test("prints the same from the cache, warnings and errors as well", async () => {
    writeFileSync(entry, source.replace("most ?", "mots ?"));
    const first = await typebpf("check", entry);
    expect(readdirSync(cache)).toHaveLength(1);
    const second = await typebpf("check", entry);
    expect(second).toEqual(first);
    expect(first.stderr).toContain("BPF2002");
  });

  test("does without it when told so, and for what it does not have", async () => {
    await typebpf("build", entry, "--no-cache");
    await typebpf("build", entry, "--emit", "ir");
    vi.stubEnv("TYPEBPF_CACHE", "off");
    await typebpf("build", entry);
    expect(existsSync(cache)).toBe(false);
  });

  test("many at once leave one whole entry", async () => {
    const compiled = await compileFile(entry);
    await Promise.all(Array.from({ length: 8 }, async () => openCache(entry, key)?.write(compiled)));
    expect(readdirSync(cache)).toHaveLength(1);
    expect(read()?.object).toEqual(compiled.object);
  });
});

test("objects of every example come back as they were", async () => {
  const root = fileURLToPath(new URL("../../examples/", import.meta.url));
  const filters = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".bpf.ts"));
  expect(filters.length).toBeGreaterThan(5);
  for (const name of filters) {
    const compiled = await compileFile(join(root, name));
    const one = openCache(join(root, name), key);
    one?.write(compiled);
    expect(one?.read()?.object).toEqual(compiled.object);
  }
});

test("where it is", () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  expect(cacheFolder(root, {})).toBe(join(root, "node_modules", ".cache", "typebpf"));
  expect(cacheFolder("/none", { XDG_CACHE_HOME: "/home/me/caches" }, "linux")).toBe("/home/me/caches/typebpf");
  expect(cacheFolder("/none", { XDG_CACHE_HOME: "relative" }, "linux")).toMatch(/\/\.cache\/typebpf$/);
  expect(cacheFolder(root, { TYPEBPF_CACHE: "/elsewhere" })).toBe("/elsewhere");
  expect(cacheFolder(root, { TYPEBPF_CACHE: "off" })).toBeUndefined();
});
