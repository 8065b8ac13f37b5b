// The reference filters in C (data beside the repository), built by clang: read, listed, run in the simulator and in the
// kernel with the results that their specs want. Without a clang it is skipped by name.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BpfObject, readElf } from "@typebpf/abi";
import { type Backend, kernel, load, simulator } from "@typebpf/loader";
import { afterAll, describe, expect, test } from "vitest";
import { document } from "../cli/harness.ts";
import { describeKernel } from "../kernel/gate.ts";

const bench = fileURLToPath(new URL("../../../shared/bench/", import.meta.url));
const present = existsSync(join(bench, "c"));
const names = present
  ? readdirSync(join(bench, "c")).flatMap((file) => (file.endsWith(".c") ? [file.slice(0, -2)] : []))
  : [];

/** What cannot be loaded yet, and why. */
const unsupported: Readonly<Record<string, string>> = {};

const compilers = [
  { clang: "clang-14", versions: ["v1", "v2", "v3"] },
  { clang: "clang-19", versions: ["v1", "v2", "v3", "v4"] },
] as const;

const folder = mkdtempSync(join(tmpdir(), "typebpf-clang-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function isThere(command: string): boolean {
  return spawnSync(command, ["--version"]).status === 0 && existsSync("/usr/include/bpf/bpf_helpers.h");
}

/** The object of a source file, compiled once. */
function compiled(clang: string, version: string, source: string): string {
  const path = join(folder, `${basename(source, ".c")}-${clang}-${version}.o`);
  if (existsSync(path)) return path;
  const headers = execFileSync("gcc", ["-print-multiarch"], { encoding: "utf8" }).trim();
  const flags = ["-O2", "-g", "-target", "bpf", `-mcpu=${version}`, "-D__TARGET_ARCH_x86", `-I/usr/include/${headers}`];
  execFileSync(clang, [...flags, "-c", source, "-o", path]);
  return path;
}

/** The object of a reference filter. */
function built(clang: string, version: string, name: string): string {
  return compiled(clang, version, join(bench, "c", `${name}.c`));
}

const forms = fileURLToPath(new URL("forms.c", import.meta.url));

/** What every back end makes of forms.c. */
async function runForms(path: string, backend: Backend): Promise<void> {
  await using loaded = await load(read(path), backend, { config: { setting: { most: 2n } } });
  // libbpf rounds what is no size of a ring up to the next one.
  expect(loaded.maps.events?.spec.maxEntries).toBe(4096);
  expect(loaded.programs.forms?.run(new Uint8Array(64))).toMatchObject({ action: "PASS" });
  expect(loaded.maps.events?.records?.drain()).toEqual([Uint8Array.of(10, 0, 0, 0, 14, 0, 17, 0)]);
  expect([loaded.globals.counter?.get(), loaded.globals.limit?.get()]).toEqual([4, 7]);
  const frame = new Uint8Array(64);
  frame.set([8, 0, 0x45, 4, 0, 0, 0, 1, 2, 3], 12);
  expect(loaded.programs.loads?.run(frame)).toMatchObject({ retval: 20 + 0x800 + 0x00010203 + 53 * 2 });
  frame[15] = 60;
  expect(loaded.programs.loads?.run(frame)).toMatchObject({ retval: 0 });
  loaded.maps.old?.set(Uint8Array.of(1, 0, 0, 0), new Uint8Array(8).fill(2));
  expect(loaded.maps.old?.get(Uint8Array.of(1, 0, 0, 0))).toEqual(new Uint8Array(8).fill(2));
  loaded.maps.trie?.set({ prefixlen: 8, addr: Uint8Array.of(10, 0, 0, 0) }, 5n);
  expect(loaded.maps.trie?.get({ prefixlen: 32, addr: Uint8Array.of(10, 1, 2, 3) })).toBe(5n);
}

function read(path: string): BpfObject {
  const object = readElf(readFileSync(path));
  if ("format" in object) return object;
  throw new Error(object.map(({ code, message }) => `${code}: ${message}`).join("\n"));
}

for (const { clang, versions } of compilers) {
  const there = isThere(clang);
  const ready = present && there;

  describe.skipIf(!there)(`forms of C (needs ${clang} and libbpf-dev)`, () => {
    test.each(versions)("-mcpu=%s in the simulator", (version) =>
      runForms(compiled(clang, version, forms), simulator()),
    );
  });
  describeKernel(`forms of C in the kernel (needs ${clang} and libbpf-dev)`, () => {
    test.skipIf(!there).each(versions)("-mcpu=%s", (version) => runForms(compiled(clang, version, forms), kernel()));
  });

  const needs = `needs ${clang}, libbpf-dev and ../shared/bench`;
  const cases = versions.flatMap((version) => names.map((name) => [name, version] as const));

  describe.skipIf(!ready)(`objects of ${clang} (${needs})`, () => {
    test.each(cases)("%s -mcpu=%s in the simulator", { timeout: 60_000 }, async (name, version) => {
      const path = built(clang, version, name);
      const object = read(path);
      const code = [...object.programs, ...(object.foreign?.programs ?? [])];
      expect(code.every(({ lines }) => lines.length > 0)).toBe(true);
      expect(object.target.isa).toBeLessThanOrEqual(Number(version.slice(1)));
      expect((await document("disasm", path)).status).toBe(0);
      const why = unsupported[name];
      if (why !== undefined) {
        const parts = [...(object.foreign?.programs ?? []), ...(object.foreign?.maps ?? [])];
        expect([...new Set(parts.map((one) => ("why" in one ? one.why : one.type)))]).toEqual([why]);
        return;
      }
      const spec = join(bench, "spec", `${name}.json`);
      expect(await document("test", path, "--spec", spec)).toMatchObject({ status: 0, json: { failed: 0 } });
    });
  });

  describeKernel(`objects of ${clang} in the kernel`, () => {
    const loadable = cases.filter(([name]) => unsupported[name] === undefined);
    test.skipIf(!ready).each(loadable)(`%s -mcpu=%s (${needs})`, { timeout: 60_000 }, async (name, version) => {
      const spec = join(bench, "spec", `${name}.json`);
      const path = built(clang, version, name);
      expect(await document("test", path, "--spec", spec, "--kernel")).toMatchObject({
        status: 0,
        json: { failed: 0 },
      });
    });
  });
}
