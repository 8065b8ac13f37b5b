// Functions of the kernel and security hooks, watched and overruled. The calls are Node's own.
import { mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readElf } from "../../packages/abi/src/index.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { load } from "../../packages/loader/src/load.ts";
import { present } from "../kernel/objects.ts";
import { describeGuest } from "./gate.ts";

type Filters = typeof import("./filters/hooks.bpf.ts");

/** Compiled on the host, where it takes seconds. */
function object() {
  const read = readElf(readFileSync(new URL("./filters/hooks.bpf.o", import.meta.url)));
  if (!("format" in read)) throw new Error(JSON.stringify(read));
  return read;
}

const folder = mkdtempSync(join(tmpdir(), "typebpf-hooks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const codeOf = (action: () => unknown): unknown => {
  try {
    action();
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
};

describeGuest("hooks of the kernel", () => {
  const loaded = () => load<Filters>(object(), kernel(), { config: { settings: { process: process.pid } } });

  test("fentry and fexit see each call, with arguments and result", async () => {
    using filters = await loaded();
    const links = [filters.programs.opening.attach({}), filters.programs.opened.attach({})];
    expect(links[0]?.description).toBe("fentry do_sys_openat2");
    for (let call = 0; call < 3; call++) expect(codeOf(() => openSync(join(folder, "absent"), "r"))).toBe("ENOENT");
    expect(filters.maps.counts.get(0)).toBeGreaterThanOrEqual(3n);
    expect(filters.maps.counts.get(1)).toBe(3n);
    for (const link of links) link.detach();
    expect(codeOf(() => openSync(join(folder, "absent"), "r"))).toBe("ENOENT");
    expect(filters.maps.counts.get(1)).toBe(3n);
  });

  test("a security hook refuses, until it is detached", async () => {
    using filters = await loaded();
    const link = filters.programs.noFolders.attach({});
    expect(codeOf(() => mkdirSync(join(folder, "made")))).toBe("EPERM");
    expect(filters.maps.counts.get(2)).toBe(1n);
    link.detach();
    expect(codeOf(() => mkdirSync(join(folder, "made")))).toBeUndefined();
  });

  test("fmod_ret gives another result than the function", async () => {
    using filters = await loaded();
    const [from, to] = [join(folder, "from"), join(folder, "to")];
    writeFileSync(from, "");
    const link = filters.programs.noRenames.attach({});
    expect(codeOf(() => renameSync(from, to))).toBe("EACCES");
    expect(present(filters.maps.counts.get(3))).toBeGreaterThanOrEqual(1n);
    link.detach();
    expect(codeOf(() => renameSync(from, to))).toBeUndefined();
  });
});
