// `typebpf programs`, `maps` and `links` on objects that this file loads, and `attach --pin`; beside what bpftool says of the
// same ids. Needs root; asserts on this file's own objects only.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type MapTypeName, mapTypes, noKey, scalarLayouts, structLayout } from "@typebpf/abi";
import { type AnyMapHandle, kernel, type Loaded, listMaps, listPrograms, load } from "@typebpf/loader";
import { createTestbed, type TestbedSide } from "@typebpf/loader/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Bpffs, bpftool, describeBpftool } from "../kernel/bpffs.ts";
import { describeKernel } from "../kernel/gate.ts";
import { shapes } from "../kernel/map-shapes.ts";
import { map, object, present, sourceFilter } from "../kernel/objects.ts";
import { document, Folder, typebpf } from "./harness.ts";

const { u16, u32, u32be, u64 } = scalarLayouts;
const launcher = fileURLToPath(new URL("../../packages/cli/bin/typebpf.mjs", import.meta.url));
const folder = new Folder();

const flow = structLayout("flow", { source: u32be, port: u16 });
const counters = structLayout("counters", { packets: u64, bytes: u64 });
const tables = object(
  [],
  [
    map("cli_flows", { type: "hash", key: flow, value: counters, maxEntries: 100 }),
    map("cli_blocked", { type: "hash", key: u32be }),
    map("cli_cpus", { type: "perCpuArray" }),
    map("cli_trie", { type: "lpmTrie", key: structLayout("p", { prefixLength: u32, address: u32be }), flags: 1 }),
    map("cli_ring", { type: "ringBuffer", key: noKey, maxEntries: 4096 }),
    map("cli_many", { type: "hash", maxEntries: 4000 }),
  ],
);

/** The id of an own map. */
async function idOf(name: string): Promise<string> {
  const all = await listMaps();
  const own = all.filter((one) => one.name === name && one.holders.some(({ pid }) => pid === process.pid));
  expect(own.length).toBe(1);
  return `${own[0]?.id}`;
}

describeBpftool("typebpf maps", () => {
  let loaded: Loaded<Record<string, unknown>>;
  let handles: Readonly<Record<string, AnyMapHandle>>;
  beforeAll(async () => {
    loaded = await load(tables, kernel());
    handles = loaded.maps;
  });
  afterAll(() => loaded.close());

  test("lists ids, types and sizes as bpftool does", async () => {
    const id = await idOf("cli_flows");
    const { status, json } = await document("maps");
    expect(status).toBe(0);
    const listed = (json as { maps: { id: number }[] }).maps.find((one) => `${one.id}` === id);
    expect(listed).toMatchObject({ type: "hash", name: "cli_flows", keySize: 8, valueSize: 16, maxEntries: 100 });
    expect(bpftool("map", "show", "id", id)).toMatchObject({ type: "hash", name: "cli_flows", bytes_value: 16 });
    const { stdout } = await typebpf("maps", "list");
    const lines = stdout.split("\n");
    const line = present(lines.find((one) => one.includes("cli_flows")));
    expect(line).toMatch(new RegExp(`^ *${id}  hash .* cli_flows +8 +16 +100 `));
    expect(lines[0]?.indexOf("name")).toBe(line.indexOf("cli_flows"));
  });

  test("writes, reads and removes entries in the syntax of --set, by the map's BTF", async () => {
    const id = await idOf("cli_flows");
    const key = '{"source":"10.0.0.1","port":443}';
    expect(await typebpf("maps", "set", id, key, '{"packets":3,"bytes":"180"}')).toMatchObject({
      status: 0,
      stderr: "",
    });
    expect(handles.cli_flows?.get({ source: 0x0a000001, port: 443 })).toEqual({ packets: 3n, bytes: 180n });
    expect(bpftool("map", "dump", "id", id)).toMatchObject([{ formatted: { value: { packets: 3, bytes: 180 } } }]);
    const got = await document("maps", "get", id, key);
    expect(got).toMatchObject({
      status: 0,
      json: { entries: [{ value: { packets: "3", bytes: "180" } }], decodedBy: "btf" },
    });
    const { stdout } = await typebpf("maps", "dump", id);
    expect(stdout).toBe("source    port  packets  bytes\n10.0.0.1   443        3    180\n");
    expect(await typebpf("maps", "delete", id, key)).toMatchObject({ status: 0 });
    expect(await document("maps", "get", id, key)).toMatchObject({
      status: 1,
      json: { diagnostics: [{ code: "BPF6362" }] },
    });
    expect(await document("maps", "delete", id, key)).toMatchObject({
      status: 1,
      json: { diagnostics: [{ code: "BPF6362" }] },
    });
    expect((await typebpf("maps", "dump", id)).stdout).toBe("empty\n");
  });

  test("takes addresses and prefixes, and values for each CPU", async () => {
    const [blocked, cpus, trie] = [await idOf("cli_blocked"), await idOf("cli_cpus"), await idOf("cli_trie")];
    expect((await typebpf("maps", "set", blocked, "10.0.0.9", "5")).status).toBe(0);
    expect(handles.cli_blocked?.get(0x0a000009)).toBe(5n);
    expect((await typebpf("maps", "set", trie, "10.0.0.0/8", "6")).status).toBe(0);
    expect((await typebpf("maps", "dump", trie)).stdout).toContain("10.0.0.0/8      6");
    expect((await typebpf("maps", "set", cpus, "1", "7")).status).toBe(0);
    const copies = present(handles.cli_cpus).get(1) as unknown as readonly bigint[];
    expect(new Set(copies)).toEqual(new Set([7n]));
    expect(await document("maps", "get", cpus, "1")).toMatchObject({
      json: { entries: [{ key: 1, value: copies.map(() => "7") }] },
    });
  });

  test("sets new entries or existing ones only, when told", async () => {
    const id = await idOf("cli_blocked");
    const code = async (...args: string[]) => {
      const { json } = await document("maps", "set", id, ...args);
      return (json as { diagnostics: { code: string }[] }).diagnostics.map((one) => one.code);
    };
    expect(await code("10.1.1.1", "1", "--mode", "existing")).toEqual(["BPF6163"]);
    expect(await code("10.1.1.1", "1", "--mode", "new")).toEqual([]);
    expect(await code("10.1.1.1", "2", "--mode", "new")).toEqual(["BPF6162"]);
    expect(await code("10.1.1.1", "2", "--mode", "existing")).toEqual([]);
  });

  test("stops a dump at its limit", async () => {
    handles.cli_many?.setMany(Array.from({ length: 3000 }, (_, key) => [key, 1n] as const));
    const id = await idOf("cli_many");
    const rows = async (...args: string[]) => (await typebpf("maps", "dump", id, ...args)).stdout.split("\n").length;
    expect(await rows()).toBe(1 + 1000 + 2);
    expect(await rows("--limit", "5")).toBe(1 + 5 + 2);
    expect(await rows("--limit", "3000")).toBe(1 + 3000 + 1);
    expect(await document("maps", "dump", id, "--limit", "2")).toMatchObject({ json: { truncated: true } });
    const { json } = await document("maps", "dump", id);
    expect((json as { entries: unknown[] }).entries.length).toBe(3000);
    expect(json).toMatchObject({ truncated: false });
  });

  test("goes by the schemas of a source, and says where the map differs", async () => {
    const source = folder.file(
      "tables.bpf.ts",
      `import { hashMap, u32be, u64, xdp, XDP } from "@typebpf/dsl";
export const cli_blocked = hashMap({ key: u32be, value: u64, maxEntries: 4 });
export const cli_many = hashMap({ key: u32be, value: u64, maxEntries: 5 });
export const main = xdp(() => (cli_blocked.get(1) || cli_many.get(1) ? XDP.DROP : XDP.PASS));
`,
    );
    const id = await idOf("cli_blocked");
    handles.cli_blocked?.set(0x0a00000a, 1n);
    expect(await document("maps", "get", id, "10.0.0.10", "--source", source)).toMatchObject({
      json: { entries: [{ key: 0x0a00000a, value: "1" }], decodedBy: "schema" },
    });
    expect(await document("maps", "dump", await idOf("cli_many"), "--source", source)).toMatchObject({
      status: 2,
      json: { diagnostics: [{ code: "BPF6289" }] },
    });
    expect(await document("maps", "dump", await idOf("cli_cpus"), "--source", source)).toMatchObject({
      status: 2,
      json: { diagnostics: [{ code: "BPF6330" }] },
    });
  });

  test("pins, finds by path and name, and unpins", async () => {
    using fs = new Bpffs();
    const [id, path] = [await idOf("cli_flows"), fs.path("flows")];
    expect(await document("maps", "pin", id, path)).toMatchObject({ status: 0, json: { pin: { path, pinned: true } } });
    expect(bpftool("map", "show", "pinned", path)).toMatchObject({ id: Number(id) });
    expect(await document("maps", "show", path)).toMatchObject({ json: { maps: [{ id: Number(id), pins: [path] }] } });
    expect(await document("maps", "pin", id, path)).toMatchObject({
      status: 2,
      json: { diagnostics: [{ code: "BPF6282" }] },
    });
    expect(await document("programs", "unpin", path)).toMatchObject({
      status: 2,
      json: { diagnostics: [{ code: "BPF6284" }] },
    });
    expect(await document("maps", "unpin", path)).toMatchObject({ status: 0, json: { pin: { path, pinned: false } } });
    expect(readdirSync(fs.folder).filter((name) => !name.includes("."))).toEqual([]);
  });

  const wrong: readonly (readonly [code: string, ...args: string[]])[] = [
    ["BPF6302", "get", "1"],
    ["BPF6302", "list", "1"],
    ["BPF6303", "lst"],
    ["BPF6303", "dump", "1", "--limit", "0"],
    ["BPF6304", "get", "1", "2", "--limit", "3"],
    ["BPF6292", "show", "2147483647"],
    ["BPF6292", "dump", "4294967297"],
    ["BPF6360", "dump", "no such map \u001b[31m"],
    ["BPF6360", "show", "id:x"],
    ["BPF6281", "dump", "/none/map"],
  ];
  test.each(wrong)("%s: maps %j %j", async (code, ...args) => {
    expect(await document("maps", ...args)).toMatchObject({ status: 2, json: { maps: [], diagnostics: [{ code }] } });
  });

  const types = (Object.keys(mapTypes) as MapTypeName[]).filter((type) => shapes[type]);
  test.each(types)("shows a map of type %s, and dumps it if it has entries to visit", async (type) => {
    using _ = await load(object([], [map("cli_any", { type, ...shapes[type] })]), kernel());
    const id = await idOf("cli_any");
    expect((await document("maps", "show", id)).json).toMatchObject({ maps: [{ id: Number(id) }], diagnostics: [] });
    const { json } = await document("maps", "dump", id, "--limit", "5");
    const codes = (json as { diagnostics: { code: string }[] }).diagnostics.map(({ code }) => code);
    expect(codes).toEqual(mapTypes[type].user.some((operation) => operation === "walk") ? [] : ["BPF6296"]);
  });

  test("refuses what a type of map cannot do, values that do not fit, and names that are not unique", async () => {
    const code = async (...args: string[]) => {
      const { status, json } = await document("maps", ...args);
      return [status, ...(json as { diagnostics: { code: string }[] }).diagnostics.map((one) => one.code)];
    };
    expect(await code("dump", await idOf("cli_ring"))).toEqual([2, "BPF6296"]);
    expect(await code("delete", await idOf("cli_cpus"), "0")).toEqual([2, "BPF6296"]);
    expect(await code("set", await idOf("cli_blocked"), "10.0.0.999", "1")).toEqual([2, "BPF6154"]);
    expect(await code("set", await idOf("cli_blocked"), "{", "1")).toEqual([2, "BPF6331"]);
    using _ = await load(object([], [map("cli_twice"), map("cli_twice_", {})]), kernel());
    using __ = await load(object([], [map("cli_twice")]), kernel());
    expect(await code("dump", "cli_twice")).toEqual([2, "BPF6361"]);
    expect((await document("maps", "show", "cli_twice")).json).toMatchObject({ maps: [{}, {}] });
  });
});

describeBpftool("typebpf programs", () => {
  test("lists, shows, dumps, pins and unpins", async () => {
    using fs = new Bpffs();
    using _ = await load(sourceFilter, kernel());
    const all = await listPrograms();
    const own = present(all.find((one) => one.name === "filter" && one.holders.some(({ pid }) => pid === process.pid)));
    const id = `${own.id}`;
    const { json } = await document("programs");
    const listed = (json as { programs: { id: number }[] }).programs.find((one) => one.id === own.id);
    expect(listed).toMatchObject({ type: "xdp", name: "filter", tag: own.tag, maps: [...own.mapIds] });
    expect(bpftool("prog", "show", "id", id)).toMatchObject({ type: "xdp", name: "filter", tag: own.tag });
    expect(await document("programs", "show", `tag:${own.tag}`)).toMatchObject({ status: 0 });
    expect((await typebpf("programs", "show", id)).stdout).toMatch(
      new RegExp(`^program ${id} filter\n  type .* xdp\n`),
    );
    const dump = await document("programs", "dump", id);
    expect(dump.json).toMatchObject({
      instructions: expect.arrayContaining([
        expect.objectContaining({ slot: 40, bytes: "9500000000000000", text: "exit" }),
      ]),
    });
    expect((await typebpf("programs", "dump", id)).stdout).toMatch(
      /^filter:\n; filter\.bpf\.ts:1\n {3}0: \(79\) r6 = /,
    );
    expect(await document("programs", "dump", id, "--jited")).toMatchObject({
      json: { machineCode: [{ function: "filter", bytes: expect.stringMatching(/^[0-9a-f]{100}/) }] },
    });
    const path = fs.path("filter");
    expect(await document("programs", "pin", id, path)).toMatchObject({ status: 0 });
    expect(await document("programs", "show", path)).toMatchObject({
      json: { programs: [{ id: own.id, pins: [path] }] },
    });
    expect(await document("programs", "unpin", path)).toMatchObject({ status: 0 });
    expect(await document("programs", "show", path)).toMatchObject({
      status: 2,
      json: { diagnostics: [{ code: "BPF6283" }] },
    });
  });

  test("counts runs for some time", async () => {
    using loaded = await load(sourceFilter, kernel());
    const all = await listPrograms();
    const own = present(all.find((one) => one.name === "filter" && one.holders.some(({ pid }) => pid === process.pid)));
    const counting = document("programs", "show", `${own.id}`, "--stats", "0.3");
    const timer = setInterval(() => loaded.programs.filter?.run(new Uint8Array(64)), 20);
    const { json } = await counting;
    clearInterval(timer);
    const { runs } = json as { runs: { id: number; count: string }[] };
    expect(runs.map((one) => one.id)).toEqual([own.id]);
    expect(Number(runs[0]?.count)).toBeGreaterThan(0);
  });
});

describeBpftool("typebpf links", () => {
  test("lists, shows and detaches", async () => {
    await using testbed = await createTestbed();
    using loaded = await load(sourceFilter, kernel());
    const link = testbed.host.inNamespace(() => present(loaded.programs.filter).attach({ interface: "veth0" }));
    const { json } = await document("links");
    const listed = (json as { links: { id: number }[] }).links.find((one) => one.id === link.id);
    expect(listed).toMatchObject({ type: "xdp", programName: "filter", target: { kind: "xdp" }, place: null });
    expect(bpftool("link", "show", "id", `${link.id}`)).toMatchObject({ id: link.id, type: "xdp" });
    expect((await typebpf("links", "show", `${link.id}`)).stdout).toMatch(/^link \d+\n {2}type +xdp\n/);
    expect(await document("links", "detach", `${link.id}`)).toMatchObject({ status: 0, json: { detached: true } });
    expect(link.attached?.()).toBe(false);
    expect(await document("links", "detach", "2147483647")).toMatchObject({
      status: 2,
      json: { diagnostics: [{ code: "BPF6292" }] },
    });
  });
});

describe("without the privilege", () => {
  const nobody = ["setpriv", "--reuid", "65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"];
  const can = process.getuid?.() === 0 && spawnSync("setpriv", ["--version"]).status === 0;
  test.skipIf(!can)("it is said once", () => {
    const [name = "", ...before] = nobody;
    const called = spawnSync(name, [...before, process.execPath, launcher, "maps", "--json"], { encoding: "utf8" });
    expect({ status: called.status, stderr: called.stderr }).toEqual({ status: 2, stderr: "" });
    expect(JSON.parse(called.stdout).diagnostics.map(({ code }: { code: string }) => code)).toEqual(["BPF6204"]);
  });
});

describeKernel("attach --pin", () => {
  const firewall = folder.firewall();
  /** `typebpf attach --json`, as a process inside the side's network. */
  function attach(side: TestbedSide, file: string, ...args: readonly string[]) {
    const words = [launcher, "attach", file, "--interface", "veth0", "--json", ...args];
    const { status, stdout, stderr } = side.inNamespace(() => spawnSync(process.execPath, words, { encoding: "utf8" }));
    expect(stderr).toBe("");
    const json: { diagnostics: { code: string }[] } = JSON.parse(stdout);
    return { status, json, codes: json.diagnostics.map(({ code }) => code) };
  }
  const attached = (side: TestbedSide): boolean => side.links().some(({ name, xdp }) => name === "veth0" && xdp);
  const files = (fs: Bpffs): readonly string[] => readdirSync(fs.folder).filter((name) => !name.includes("."));

  test("leaves the program attached and the maps pinned; the next attach uses them, and unpinning ends it", async () => {
    using fs = new Bpffs();
    await using testbed = await createTestbed();
    const pins = ["--pin", fs.path("link"), "--pin-maps", fs.path("maps")];
    const first = attach(testbed.host, firewall, ...pins, "--set", "blocked[10.0.0.9]=5");
    expect(first).toMatchObject({
      status: 0,
      json: { pin: { path: fs.path("link") }, mapPins: [fs.path("maps/stats"), fs.path("maps/blocked")] },
    });
    expect(attached(testbed.host)).toBe(true);
    const get = () => document("maps", "get", fs.path("maps/blocked"), "10.0.0.9");
    expect((await get()).json).toMatchObject({ entries: [{ value: "5" }], decodedBy: "btf" });
    expect((await typebpf("links", "unpin", fs.path("link"))).status).toBe(0);
    expect(attached(testbed.host)).toBe(false);
    expect(attach(testbed.host, firewall, ...pins)).toMatchObject({ status: 0, json: { mapPins: [] } });
    expect((await get()).json).toMatchObject({ entries: [{ value: "5" }] });
    expect((await typebpf("links", "detach", fs.path("link"))).stdout).toMatch(/^link \d+ is detached\n$/);
    expect(attached(testbed.host)).toBe(false);
  });

  test("leaves nothing when it fails half way", async () => {
    using fs = new Bpffs();
    await using testbed = await createTestbed();
    mkdirSync(fs.path("taken"));
    const pins = ["--pin", fs.path("taken"), "--pin-maps", fs.path("maps")];
    expect(attach(testbed.host, firewall, ...pins)).toMatchObject({ status: 2, codes: ["BPF6282"] });
    expect([files(fs), attached(testbed.host)]).toEqual([["taken"], false]);
    const watch = ["--program", "watch", "--pin", fs.path("link")];
    expect(attach(testbed.host, folder.sockets(), ...watch)).toMatchObject({ status: 2, codes: ["BPF6293"] });
    expect([files(fs), attached(testbed.host)]).toEqual([["taken"], false]);
  });

  test("has no meaning for a time", async () => {
    const args = ["--interface", "none0", "--pin", "/sys/fs/bpf/link", "--duration", "1"];
    expect(await document("attach", firewall, ...args)).toMatchObject({ json: { diagnostics: [{ code: "BPF6304" }] } });
  });
});
