// Pins: maps, programs and links that outlive their process, opened again by path, and everything that can be wrong with a
// path. Each test has a BPF file system of its own. Needs root.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DiagnosticError, type MapTypeName, mapTypes, scalarLayouts, structLayout } from "@typebpf/abi";
import { expect, test } from "vitest";
import { kernel, listMaps, load, openLink, openMap, openProgram, removePin } from "../../packages/loader/src/index.ts";
import type { KernelObject } from "../../packages/loader/src/kernel/kernel.ts";
import { createTestbed } from "../../packages/loader/src/testing/index.ts";
import { Bpffs, bpftool, describeBpftool } from "./bpffs.ts";
import { describeKernel, olderThan } from "./gate.ts";
import { shapes } from "./map-shapes.ts";
import { diagnosticOf, diagnosticsOf, map, object, present, sourceFilter } from "./objects.ts";

const { u16, u32 } = scalarLayouts;
const hits = map("hits", { type: "hash" });

/** What of ours is in a folder; the kernel's own files have dots. */
const files = (folder: string): readonly string[] => readdirSync(folder).filter((name) => !name.includes("."));

describeBpftool("pins", () => {
  test("of a map, a program and a link are what bpftool finds, and are opened again by path", async () => {
    using fs = new Bpffs();
    await using testbed = await createTestbed();
    {
      using loaded = await load(sourceFilter, kernel());
      const filter = present(loaded.programs.filter);
      const link = testbed.host.inNamespace(() => filter.attach({ interface: "veth0" }));
      present(loaded.maps.hits).set(0, 41n);
      present(loaded.maps.hits).pin(fs.path("hits"));
      filter.pin(fs.path("filter"));
      present(link.pin)?.call(link, fs.path("deep/er/link"));
    }
    using found = await openMap(fs.path("hits"));
    expect(present(found.handle).get(0)).toBe(41n);
    expect(bpftool("map", "show", "pinned", fs.path("hits"))).toMatchObject({ id: found.info.id, name: "hits" });
    using program = await openProgram(fs.path("filter"));
    expect(bpftool("prog", "show", "pinned", fs.path("filter"))).toMatchObject({ id: program.info.id, name: "filter" });
    using link = await openLink(fs.path("deep/er/link"));
    expect(link.info.programId).toBe(program.info.id);
    const attached = () => testbed.host.links().find(({ name }) => name === "veth0")?.xdp?.programId;
    expect(attached()).toBe(program.info.id);
    expect((await listMaps()).find(({ id }) => id === found.info.id)?.pins).toEqual([fs.path("hits")]);
    expect(await removePin("link", fs.path("deep/er/link"))).toBe(fs.path("deep/er/link"));
    link[Symbol.dispose]();
    expect(attached()).toBeUndefined();
  });

  test("are removed by dispose, and only as long as they are what was pinned", async () => {
    using fs = new Bpffs();
    using loaded = await load(object([], [hits, map("other")]), kernel());
    {
      using _ = present(loaded.maps.hits).pin(fs.path("folder/hits"));
      expect(existsSync(fs.path("folder/hits"))).toBe(true);
    }
    expect(files(fs.folder)).toEqual([]);
    const pin = present(loaded.maps.hits).pin(fs.path("hits"));
    await removePin("map", fs.path("hits"));
    present(loaded.maps.other).pin(fs.path("hits"));
    pin.unpin();
    expect(files(fs.folder)).toEqual(["hits"]);
  });

  test("of others are opened: those of bpftool", async () => {
    using fs = new Bpffs();
    execFileSync("bpftool", [
      ...["map", "create", fs.path("theirs"), "type", "lru_hash", "key", "4", "value", "8", "entries", "16"],
      ...["name", "theirs"],
    ]);
    using opened = await openMap(fs.path("theirs"), map("theirs", { type: "lruHash", maxEntries: 16 }));
    present(opened.handle).set(7, 9n);
    const dump = bpftool("map", "dump", "pinned", fs.path("theirs"));
    expect(dump).toMatchObject([{ key: ["0x07", "0x00", "0x00", "0x00"], value: ["0x09", ...Array(7).fill("0x00")] }]);
  });
});

describeKernel("paths that can be no pin", () => {
  const wrong: readonly (readonly [
    what: string,
    code: string,
    path: (fs: Bpffs, plain: string) => string,
    says: RegExp,
  ])[] = [
    ["not on a BPF file system", "BPF6281", (_, plain) => join(plain, "hits"), /is not on a BPF file system/u],
    ["in a folder that is not there", "BPF6281", (_, plain) => join(plain, "a/b/hits"), /there is no /u],
    ["a relative one", "BPF6281", () => "hits", /is not on a BPF file system/u],
    ["a dot in the name", "BPF6280", (fs) => fs.path("hits.map"), /takes no dots/u],
    ["a dot in a folder", "BPF6280", (fs) => fs.path("a.b/hits"), /takes no dots/u],
    ["a name that is too long", "BPF6280", (fs) => fs.path("x".repeat(256)), /too long/u],
    ["a path that is too long", "BPF6280", (fs) => fs.path("x/".repeat(2100)), /too long/u],
    ["empty", "BPF6280", () => "", /not empty/u],
    ["a zero", "BPF6280", (fs) => fs.path("a\0b"), /without a zero/u],
    ["a folder", "BPF6282", (fs) => fs.path("folder"), /is a folder/u],
    ["the file system itself", "BPF6282", (fs) => fs.folder, /is a folder/u],
    ["a pin", "BPF6282", (fs) => fs.path("taken"), /a map is pinned at/u],
    ["below a pin", "BPF6285", (fs) => fs.path("taken/hits"), /no folder/u],
    ["a symbolic link to nowhere", "BPF6281", (_, plain) => join(plain, "symlink"), /is not on a BPF file system/u],
  ];
  test.each(wrong)("%s", async (_, code, path, says) => {
    using fs = new Bpffs();
    const plain = mkdtempSync(join(tmpdir(), "typebpf-plain-"));
    mkdirSync(fs.path("folder"));
    symlinkSync(fs.path("nothing"), join(plain, "symlink"));
    using loaded = await load(object([], [hits]), kernel());
    const handle = present(loaded.maps.hits);
    handle.pin(fs.path("taken"));
    const found = await diagnosticOf(() => handle.pin(path(fs, plain)));
    rmSync(plain, { recursive: true });
    expect(found).toMatchObject({ code });
    expect(found.message).toMatch(says);
    expect(files(fs.folder).toSorted()).toEqual(["folder", "taken"]);
  });

  test("paths that hold nothing to open, or something else", async () => {
    using fs = new Bpffs();
    using loaded = await load(sourceFilter, kernel());
    present(loaded.programs.filter).pin(fs.path("filter"));
    mkdirSync(fs.path("folder"));
    const plain = mkdtempSync(join(tmpdir(), "typebpf-plain-"));
    writeFileSync(join(plain, "file"), "");
    const cases: readonly (readonly [path: string, code: string, says: RegExp])[] = [
      [fs.path("nothing"), "BPF6283", /nothing is pinned at/u],
      [fs.path("folder"), "BPF6283", /is a folder/u],
      [fs.path("filter"), "BPF6284", /is a program, not a map/u],
      [join(plain, "file"), "BPF6281", /not on a BPF file system/u],
      [join(plain, "none"), "BPF6281", /would not be on a BPF file system/u],
      ["", "BPF6280", /not empty/u],
      [fs.path("x".repeat(300)), "BPF6285", /ENAMETOOLONG/u],
      [fs.path("filter/x"), "BPF6285", /no folder/u],
    ];
    for (const [path, code, says] of cases) {
      const found = await diagnosticOf(() => openMap(path));
      expect({ path, code: found.code }).toEqual({ path, code });
      expect(found.message).toMatch(says);
    }
    expect(await diagnosticOf(() => removePin("map", fs.path("filter")))).toMatchObject({ code: "BPF6284" });
    expect(files(fs.folder).toSorted()).toEqual(["filter", "folder"]);
    rmSync(plain, { recursive: true });
  });
});

describeKernel("maps that are pinned by name", () => {
  const declared = object([], [hits, map("array")]);

  test("are made and pinned by the first load, and used by the next", async () => {
    using fs = new Bpffs();
    const pins = fs.path("app");
    {
      using first = await load(declared, kernel({ pins }));
      expect(first.pins.map(({ path }) => path)).toEqual([join(pins, "hits"), join(pins, "array")]);
      present(first.maps.hits).set(1, 2n);
    }
    using second = await load(declared, kernel({ pins }));
    expect(second.pins).toEqual([]);
    expect([...present(second.maps.hits).entries()]).toEqual([[1, 2n]]);
  });

  test("can be some of them, by their paths", async () => {
    using fs = new Bpffs();
    using _ = await load(declared, kernel({ pins: { hits: fs.path("here") } }));
    expect(files(fs.folder)).toEqual(["here"]);
    const found = await diagnosticOf(() => load(declared, kernel({ pins: { hist: fs.path("x") } })));
    expect(found).toMatchObject({ code: "BPF6297", help: 'did you mean "hits"?' });
  });

  test("must be what the object declares: each difference is told", async () => {
    using fs = new Bpffs();
    using _ = await load(declared, kernel({ pins: fs.folder }));
    const other = map("hits", { type: "lruHash", key: u16, value: u32, maxEntries: 9 });
    const found = await diagnosticsOf(() => load(object([], [other]), kernel({ pins: fs.folder })));
    expect(found.map(({ code }) => code)).toEqual(["BPF6286", "BPF6287", "BPF6288", "BPF6289"]);
    const shape = map("hits", { type: "hash", value: structLayout("pair", { low: u32, high: u32 }) });
    const [layout] = await diagnosticsOf(() => load(object([], [shape]), kernel({ pins: fs.folder })));
    expect(layout).toMatchObject({ code: "BPF6291" });
    expect(layout?.message).toContain("value: struct pair here, u64 there");
  });

  test("are none when one of them cannot be pinned, or a program is refused", async () => {
    using fs = new Bpffs();
    const pins = { hits: fs.path("a/hits"), array: fs.path("dotted.name") };
    expect(await diagnosticOf(() => load(declared, kernel({ pins })))).toMatchObject({ code: "BPF6280" });
    expect(files(fs.folder)).toEqual([]);
    const [filter] = sourceFilter.programs;
    const broken = { ...sourceFilter, programs: [{ ...present(filter), insns: present(filter).insns.slice(0, -1) }] };
    expect((await diagnosticsOf(() => load(broken, kernel({ pins: fs.folder })))).length).toBe(1);
    expect(files(fs.folder)).toEqual([]);
  });

  const types = (Object.keys(mapTypes) as MapTypeName[]).filter((type) => shapes[type]);
  test.for(types)("%s: of this type, too", async (type, { skip }) => {
    using fs = new Bpffs();
    const one = object([], [map("one", { type, ...shapes[type] })]);
    const load = () => kernel({ pins: fs.folder }).load(one);
    let first: KernelObject;
    try {
      first = await load();
    } catch (error) {
      if (error instanceof DiagnosticError && olderThan("6.9"))
        skip(`this kernel does not create it: ${error.message}`);
      throw error;
    }
    using _ = first;
    expect(first.pins.length).toBe(1);
    using second = await load();
    expect(second.pins).toEqual([]);
    using opened = await openMap(fs.path("one"));
    const { number, keys } = mapTypes[type];
    expect(opened.info.typeNumber).toBe(number);
    expect(keys === "none" ? opened.layouts.key.size : 0).toBe(0);
  });

  test("a pin that holds no map is refused", async () => {
    using fs = new Bpffs();
    using loaded = await load(sourceFilter, kernel());
    present(loaded.programs.filter).pin(fs.path("hits"));
    expect(await diagnosticOf(() => load(declared, kernel({ pins: fs.folder })))).toMatchObject({ code: "BPF6284" });
    expect(files(fs.folder)).toEqual(["hits"]);
  });
});
