// Storages of sockets, processes, files and cgroups by their handles, the same in the simulator and in the kernel.

import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MapTypeName, scalarLayouts, structLayout } from "@typebpf/abi";
import { expect, test } from "vitest";
import type { WriteOnlyArrayHandle } from "../../packages/loader/src/handles/references.ts";
import type { StorageHandle } from "../../packages/loader/src/handles/storage.ts";
import { describeBoth } from "./both.ts";
import { diagnosticOf } from "./objects.ts";

const { i32, u32, u64 } = scalarLayouts;
const value = structLayout("note", { at: u64, count: u32 });
interface Note {
  readonly at: bigint;
  readonly count: number;
}

/** A value comes, changes and goes. */
async function exercise<Owner>(m: StorageHandle<Owner, Note, Partial<Note>>, owner: Owner): Promise<void> {
  expect([m.get(owner), m.has(owner), m.delete(owner)]).toEqual([undefined, false, false]);
  expect((await diagnosticOf(() => m.set(owner, { at: 1n }, 2))).code).toBe("BPF6163");
  m.set(owner, { at: 1n, count: 2 });
  expect([m.get(owner), m.has(owner)]).toEqual([{ at: 1n, count: 2 }, true]);
  expect((await diagnosticOf(() => m.set(owner, { at: 2n }, 1))).code).toBe("BPF6162");
  m.set(owner, { at: 3n });
  expect(m.get(owner)).toEqual({ at: 3n, count: 0 });
  expect([m.delete(owner), m.delete(owner), m.has(owner)]).toEqual([true, false, false]);
  m.set(owner, { count: 9 });
}

describeBoth("storages", (place) => {
  const open = <Owner>(type: MapTypeName) =>
    place.open<StorageHandle<Owner, Note, Partial<Note>>>(type, { key: i32, value, maxEntries: 0, flags: 1 });

  test("of a process", async () => {
    using opened = await open<number>("taskStorage");
    await exercise(opened.m, process.pid);
  });

  test("of a socket", async () => {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    using opened = await open<object | number>("skStorage");
    await exercise(opened.m, place.kind === "kernel" ? socket : 12);
    socket.close();
  });

  test("of a file", async () => {
    const file = openSync(process.execPath, "r");
    using opened = await open<string | number>("inodeStorage");
    await exercise(opened.m, file);
    // In the kernel the file is the same by whichever name.
    if (place.kind === "kernel") expect(opened.m.get(process.execPath)).toEqual({ at: 0n, count: 9 });
    closeSync(file);
  });

  test("an owner that is not there", async () => {
    using opened = await open<string>("inodeStorage");
    await expect(diagnosticOf(() => opened.m.get("/nowhere/at/all"))).resolves.toMatchObject({ severity: "error" });
  });

  test.runIf(place.kind === "kernel")("of a cgroup, and an array of cgroups", async () => {
    const root = mkdtempSync(join(tmpdir(), "typebpf-cgroup-"));
    execFileSync("mount", ["-t", "cgroup2", "none", root]);
    const group = join(root, `typebpf-${process.pid}`);
    mkdirSync(group);
    try {
      using opened = await open<string>("cgroupStorage");
      await exercise(opened.m, group);
      using groups = await place.open<WriteOnlyArrayHandle<string>>("cgroupArray", { value: u32, maxEntries: 2 });
      groups.m.set(1, group);
      expect([groups.m.delete(1), groups.m.delete(1)]).toEqual([true, false]);
      expect((await diagnosticOf(() => groups.m.set(1, tmpdir()))).code).toBe("BPF6167");
      expect((await diagnosticOf(() => groups.m.set(2, group))).code).toBe("BPF6161");
    } finally {
      rmdirSync(group);
      execFileSync("umount", [root]);
      rmdirSync(root);
    }
  });
});
