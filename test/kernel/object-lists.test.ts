// What the kernel holds, as we list and read it, beside what bpftool says of the same ids. Needs root; asserts on ids of
// this file's own objects only.
import { noKey, scalarLayouts, structLayout } from "@typebpf/abi";
import { expect, test } from "vitest";
import {
  countRuns,
  kernel,
  listLinks,
  listMaps,
  listPrograms,
  load,
  openLink,
  openMap,
  openProgram,
} from "../../packages/loader/src/index.ts";
import { Places } from "../../packages/loader/src/kernel/objects/places.ts";
import { openSys } from "../../packages/loader/src/kernel/sys.ts";
import { createTestbed } from "../../packages/loader/src/testing/index.ts";
import { bpftool, describeBpftool } from "./bpffs.ts";
import { testSince } from "./gate.ts";
import { diagnosticOf, dropping, map, object, present, program, sourceFilter } from "./objects.ts";

const { u16, u32, u32be, u64 } = scalarLayouts;

/** The only one that this process holds with that name, of those that were not there before. */
function own<T extends { readonly id: number; readonly name: string; readonly holders: readonly { pid: number }[] }>(
  all: readonly T[],
  name: string,
): T {
  const found = all.filter((one) => one.name === name && one.holders.some(({ pid }) => pid === process.pid));
  expect(found.length).toBe(1);
  return present(found[0]);
}

describeBpftool("lists", () => {
  test("programs are as bpftool shows them", async () => {
    using loaded = await kernel().load(sourceFilter);
    const id = present(loaded.programs.get("filter")).id;
    const listed = present((await listPrograms()).find((one) => one.id === id));
    const shown = bpftool("prog", "show", "id", `${id}`);
    expect(shown).toMatchObject({
      id,
      type: listed.type,
      name: listed.name,
      tag: listed.tag,
      uid: listed.uid,
      bytes_xlated: listed.xlatedBytes,
      bytes_jited: listed.jitedBytes,
      bytes_memlock: listed.memoryBytes,
      map_ids: listed.mapIds,
      btf_id: listed.btfId,
      loaded_at: expect.any(Number),
    });
    expect(listed).toMatchObject({ type: "xdp", name: "filter", holders: [{ pid: process.pid }], pins: [] });
    const shownAt = (shown as { loaded_at: number }).loaded_at * 1000;
    expect(Math.abs(listed.loadedAt.getTime() - shownAt)).toBeLessThan(3000);
  });

  test("maps of each type are as bpftool shows them", async () => {
    const maps = [
      map("listed_array"),
      map("listed_hash", { type: "hash", value: u32be }),
      map("listed_cpus", { type: "perCpuHash" }),
    ];
    using _ = await kernel().load(object([], maps));
    const all = await listMaps();
    for (const { name } of maps) {
      const listed = own(all, name);
      expect(bpftool("map", "show", "id", `${listed.id}`)).toMatchObject({
        id: listed.id,
        type: listed.type,
        name,
        bytes_key: listed.keySize,
        bytes_value: listed.valueSize,
        max_entries: listed.maxEntries,
        bytes_memlock: listed.memoryBytes,
        frozen: Number(listed.frozen),
        btf_id: listed.btf.object,
      });
    }
  });

  test("a long name is whole where BTF has it", async () => {
    using loaded = await kernel().load(object([program("a_name_of_more_than_15_bytes", "w0 = 2\nexit")]));
    const id = present(loaded.programs.get("a_name_of_more_than_15_bytes")).id;
    expect((await listPrograms()).find((one) => one.id === id)?.name).toBe("a_name_of_more_than_15_bytes");
  });

  test("links say where they are attached; an interface of another namespace has no name", async () => {
    await using testbed = await createTestbed();
    using loaded = await kernel().load(sourceFilter);
    const filter = present(loaded.programs.get("filter"));
    const ifindex = present(testbed.host.links().find((one) => one.name === "veth0")).index;
    using link = testbed.host.inNamespace(() => filter.attach({ interface: "veth0" }));
    const listed = present((await listLinks()).find((one) => one.id === link.id));
    expect(listed).toMatchObject({
      type: "xdp",
      programId: filter.id,
      target: { kind: "xdp", ifindex },
      place: undefined,
    });
    expect(bpftool("link", "show", "id", `${link.id}`)).toMatchObject({ type: "xdp", prog_id: filter.id });
    const sys = await openSys();
    expect(testbed.host.inNamespace(() => new Places(sys).nameOf(listed))).toBe("veth0");
    using opened = await openLink(link.id);
    opened.detach();
    expect(link.attached?.()).toBe(false);
    expect((await listLinks()).find((one) => one.id === link.id)?.target).toEqual({ kind: "xdp", ifindex: 0 });
  });

  testSince("6.6", "links of tc programs say which way; the interface has its name in its own namespace", async () => {
    await using testbed = await createTestbed();
    using loaded = await kernel().load(dropping);
    const pass = present(loaded.programs.get("pass"));
    const where = { interface: "veth0", direction: "egress", mode: "tcx" } as const;
    using link = testbed.host.inNamespace(() => pass.attach(where));
    const listed = present((await listLinks()).find((one) => one.id === link.id));
    expect(listed).toMatchObject({ type: "tcx", target: { kind: "tcx", attachType: "tcx_egress" }, place: undefined });
    const sys = await openSys();
    expect(testbed.host.inNamespace(() => new Places(sys).nameOf(listed))).toBe("veth0");
  });

  test("ids that nobody has are told, and impossible ones too", async () => {
    for (const id of [0x7fff_fffe, 0, -1, 1.5, Number.NaN]) {
      expect(await diagnosticOf(() => openProgram(id))).toMatchObject({ code: "BPF6292" });
    }
    expect(await diagnosticOf(() => openMap(0x7fff_ffff))).toMatchObject({ code: "BPF6292" });
    expect(await diagnosticOf(() => openLink(0x7fff_ffff))).toMatchObject({ code: "BPF6292" });
  });
});

describeBpftool("an open program", () => {
  test("shows its instructions as bpftool does, with maps by id", async () => {
    using loaded = await kernel().load(sourceFilter);
    const id = present(loaded.programs.get("filter")).id;
    using opened = await openProgram(id);
    const code = opened.instructions();
    const shown = bpftool("prog", "dump", "xlated", "id", `${id}`) as readonly { readonly disasm?: string }[];
    const theirs = shown.flatMap(({ disasm }) => (disasm === undefined ? [] : [disasm.slice(1, 3)]));
    expect(code.map(({ bytes }) => Buffer.from(bytes).toString("hex", 0, 1))).toEqual(theirs);
    const [blocked, hits] = opened.info.mapIds;
    const maps = code.filter(({ text }) => text.includes("map[")).map(({ text }) => text);
    expect(maps).toEqual([`r1 = map[id:${blocked} blocked] ll`, `r1 = map[id:${hits} hits] ll`]);
    expect(code[0]).toMatchObject({ slot: 0, function: "filter", at: { file: "filter.bpf.ts", line: 1 } });
    expect(code.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(opened.info.xlatedBytes);
    const machine = opened.machineCode();
    expect(machine.map((one) => one.function)).toEqual(["filter"]);
    expect(machine[0]?.bytes.length).toBe(opened.info.jitedBytes);
  });

  test("names helpers and functions of the kernel that it calls", async () => {
    using loaded = await kernel().load(object([program("clock", "call 5\nw0 = 2\nexit")]));
    using opened = await openProgram(present(loaded.programs.get("clock")).id);
    expect(opened.instructions()[0]?.text).toMatch(/^call \w*ktime_get\w*#/u);
  });

  test("has its runs counted while somebody asks for it", async () => {
    using loaded = await load(object([program("counted", "w0 = 2\nexit")]), kernel());
    const id = own(await listPrograms(), "counted").id;
    const runs = async () => {
      using opened = await openProgram(id);
      return opened.info.runCount;
    };
    const before = await runs();
    {
      using _ = await countRuns();
      loaded.programs.counted?.run(new Uint8Array(64), { repeat: 10 });
    }
    expect(await runs()).toBeGreaterThanOrEqual(before + 10n);
  });
});

describeBpftool("an open map", () => {
  const flow = structLayout("flow", { source: u32be, port: u16 });
  const flows = map("open_flows", { type: "hash", key: flow, value: u64 });

  test("reads and writes entries by its BTF", async () => {
    using loaded = await load(object([], [flows]), kernel());
    const id = own(await listMaps(), "open_flows").id;
    using opened = await openMap(id);
    expect(opened.layouts.from).toBe("btf");
    present(opened.handle).set({ source: 0x0a000001, port: 443 }, 7n);
    expect([...present(loaded.maps.open_flows).entries()]).toEqual([[{ source: 0x0a000001, port: 443 }, 7n]]);
    expect(present(opened.handle).get({ source: 0x0a000001, port: 443 })).toBe(7n);
    const dumped = bpftool("map", "dump", "id", `${id}`);
    expect(dumped).toMatchObject([{ formatted: { key: { source: 0x0100000a, port: 443 }, value: 7 } }]);
  });

  test("goes by the schemas of the object that declares it, or says how it differs", async () => {
    using _ = await kernel().load(object([], [flows]));
    const id = own(await listMaps(), "open_flows").id;
    using opened = await openMap(id, flows);
    expect(opened.layouts).toMatchObject({ from: "schema", key: flow });
    const others: readonly (readonly [code: string, different: Parameters<typeof map>[1]])[] = [
      ["BPF6286", { type: "lruHash" }],
      ["BPF6287", { key: u32 }],
      ["BPF6288", { value: u32 }],
      ["BPF6289", { maxEntries: 5 }],
      ["BPF6290", { flags: 1 }],
      ["BPF6291", { key: structLayout("flow", { source: u32, port: u16 }) }],
      ["BPF6291", { key: structLayout("flow", { source: u32be, dest: u16 }) }],
      ["BPF6291", { value: scalarLayouts.i64 }],
    ];
    for (const [code, different] of others) {
      expect(await diagnosticOf(() => openMap(id, { ...flows, ...different }))).toMatchObject({ code });
    }
  });

  test("without BTF has bytes, indices and prefixes", async () => {
    const key = structLayout("prefix", { prefixLength: u32, address: u32be });
    const specs = [map("plain_array"), map("plain_trie", { type: "lpmTrie", key, flags: 1 })];
    using _ = await kernel().load(object([], specs));
    using array = await openMap(own(await listMaps(), "plain_array").id);
    expect(array.layouts.key).toMatchObject({ name: "u32" });
    using trie = await openMap(own(await listMaps(), "plain_trie").id);
    present(trie.handle).set({ prefixLength: 8, address: 0x0a000000 }, 3n);
    expect([...present(trie.handle).entries()]).toEqual([[{ prefixLength: 8, address: 0x0a000000 }, 3n]]);
  });

  test("of a type that has no entries has no handle", async () => {
    using _ = await kernel().load(object([], [map("open_ring", { type: "ringBuffer", key: noKey, maxEntries: 4096 })]));
    using opened = await openMap(own(await listMaps(), "open_ring").id);
    expect(opened).toMatchObject({ info: { type: "ringbuf", maxEntries: 4096 }, handle: undefined });
  });
});
