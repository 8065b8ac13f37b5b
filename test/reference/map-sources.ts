// The smallest whole program of each map type, as source: the map under the name `m` and every operation that it has there.
// A type without a line has no maker in the language, or none yet.
import type { MapTypeName } from "../../packages/abi/src/index.ts";

/** One map type's source. */
export interface MapSource {
  /** What makes the map. */
  readonly map: string;
  /** The bodies of functions by what makes programs of them; each ends with a verdict. */
  readonly programs: readonly (readonly [maker: string, body: string])[];
  /** Why the simulator does not run it. */
  readonly unsimulated?: string;
}

const keyed = "m.set(1, 2n); const one = m.get(1); if (one && m.has(1)) one.value += 1n; m.delete(1);";
const visited = "m.forEach((key, value) => { value.value += 1n; });";
const indexed = `m.set(1, 2n); const one = m.get(1); if (one && m.has(1)) one.value += 1n; ${visited}`;
const table = (maker: string): MapSource => ({
  map: `${maker}({ key: u32, value: u64, maxEntries: 8 })`,
  programs: [["xdp", `${keyed} ${visited} return XDP.PASS;`]],
});
const otherCopy = "const other = m.getPerCpu(1, 0); if (other) other.value += 1n;";
const tableOfCopies = (maker: string): MapSource => ({
  ...table(maker),
  programs: [["xdp", `${keyed} ${visited} ${otherCopy} return XDP.PASS;`]],
});
const row = (maker: string): MapSource => ({
  map: `${maker}({ value: u64, maxEntries: 8 })`,
  programs: [["xdp", `${indexed} return XDP.PASS;`]],
});
const sequence = (maker: string): MapSource => ({
  map: `${maker}({ value: u64, maxEntries: 8 })`,
  programs: [
    ["xdp", "m.push(7n); const first = m.peek(); const last = m.pop(); return first && last ? XDP.PASS : XDP.DROP;"],
  ],
});
const redirect = (maker: string): MapSource => ({
  map: `${maker}({ maxEntries: 8 })`,
  programs: [["xdp", "return m.redirect(1, XDP.PASS);"]],
});
const noSockets = "the simulator has no connections, and no groups of sockets";
const sockets = (map: string): MapSource => ({
  map,
  unsimulated: noSockets,
  programs: [
    ["skSkb.verdict", "return m.redirect(ctx, 1);"],
    ["sockOps", "m.update(ctx, 1); return 1;"],
    ["skReuseport", "m.select(ctx, 1); return SK.PASS;"],
  ],
});
const older = (maker: string): MapSource => ({
  map: `${maker}({ value: u64 })`,
  programs: [["cgroupSkb.ingress", "m.get().value += 1n; return 1;"]],
  unsimulated: "the simulator has no control groups",
});

export const mapSources: { readonly [Type in MapTypeName]?: MapSource } = {
  hash: table("hashMap"),
  lruHash: table("lruHashMap"),
  perCpuHash: tableOfCopies("perCpuHashMap"),
  lruPerCpuHash: tableOfCopies("lruPerCpuHashMap"),
  lpmTrie: {
    map: "lpmTrie({ key: u32be, value: u64, maxEntries: 8 })",
    programs: [
      [
        "xdp",
        `const prefix = { prefixLength: 8, address: 0x0a000000 };
  m.set(prefix, 2n); const one = m.get(prefix); if (one && m.has(prefix)) one.value += 1n; m.delete(prefix);
  return XDP.PASS;`,
      ],
    ],
  },
  array: row("arrayMap"),
  perCpuArray: {
    ...row("perCpuArray"),
    programs: [["xdp", `${indexed} ${otherCopy} return XDP.PASS;`]],
  },
  stackTrace: {
    map: "stackTrace({ maxEntries: 8, depth: 16 })",
    programs: [["kprobe", "return m.getStackId(ctx) < 0 ? 1 : 0;"]],
    unsimulated: "the simulated machine has no stacks of a kernel",
  },
  ringBuffer: {
    map: "ringBuffer({ value: Item, maxEntries: 4096 })",
    programs: [
      [
        "xdp",
        "m.output({ count: 1n }); { using one = m.reserve(); if (one) { one.count = 2n; one.submit(); } } return m.query(0) > 0n ? XDP.PASS : XDP.DROP;",
      ],
    ],
  },
  userRingBuffer: {
    map: "userRingBuffer({ value: Item, maxEntries: 4096 })",
    programs: [
      ["xdp", "let sum = 0n; m.drain((item) => { sum = sum + item.count; }); return sum > 0n ? XDP.PASS : XDP.DROP;"],
    ],
  },
  queue: sequence("queue"),
  stack: sequence("stack"),
  bloomFilter: {
    map: "bloomFilter({ value: u64, maxEntries: 8 })",
    programs: [["xdp", "m.add(7n); return m.has(7n) ? XDP.PASS : XDP.DROP;"]],
  },
  progArray: {
    map: 'progArray({ programs: { other: "other" } })',
    programs: [["xdp", 'm.tailCall(ctx, "other"); return XDP.DROP;']],
  },
  perfEventArray: {
    map: "perfEventArray({ value: u64 })",
    programs: [["xdp", "m.output(ctx, 7n); return XDP.PASS;"]],
  },
  cgroupArray: {
    map: "cgroupArray({ maxEntries: 8 })",
    programs: [
      ["tc", "return m.skbUnderCgroup(ctx, 0) === 1 ? TC.SHOT : TC.OK;"],
      ["kprobe", "return m.currentTaskUnderCgroup(0);"],
    ],
    unsimulated: "the simulator has no control groups",
  },
  arrayOfMaps: {
    map: "arrayOfMaps({ inner: hashMap({ key: u32, value: u64, maxEntries: 8 }), maxEntries: 8 })",
    programs: [["xdp", "const inner = m.get(1); if (inner && m.has(1)) inner.set(1, 2n); return XDP.PASS;"]],
  },
  hashOfMaps: {
    map: "hashOfMaps({ key: u32, inner: hashMap({ key: u32, value: u64, maxEntries: 8 }), maxEntries: 8 })",
    programs: [["xdp", "const inner = m.get(1); if (inner && m.has(1)) inner.set(1, 2n); return XDP.PASS;"]],
  },
  devMap: redirect("devMap"),
  devMapHash: redirect("devMapHash"),
  cpuMap: redirect("cpuMap"),
  xskMap: redirect("xskMap"),
  sockMap: sockets("sockMap({ maxEntries: 8 })"),
  sockHash: sockets("sockHash({ key: u32, maxEntries: 8 })"),
  reusePortSockArray: {
    map: "reusePortSockArray({ maxEntries: 8 })",
    unsimulated: noSockets,
    programs: [["skReuseport", "m.select(ctx, 1); return SK.PASS;"]],
  },
  skStorage: {
    map: "skStorage({ value: u64 })",
    programs: [
      [
        "cgroupSkb.ingress",
        "if (ctx.sk) { const one = m.get(ctx.sk, 1n); if (one) one.value += 1n; m.delete(ctx.sk); } return 1;",
      ],
    ],
    unsimulated: "the simulator has no such storage",
  },
  taskStorage: {
    map: "taskStorage({ value: u64 })",
    programs: [["kprobe", "const one = m.getCurrent(1n); if (one) one.value += 1n; return m.deleteCurrent();"]],
    unsimulated: "needs the kernel's own structs",
  },
  deprecatedCgroupStorage: older("deprecatedCgroupStorage"),
  deprecatedPerCpuCgroupStorage: older("deprecatedPerCpuCgroupStorage"),
};

/** The source of a module with the map and its programs; `wrong` stands at the end of the first one's function. */
export function mapSource({ map, programs }: MapSource, wrong = ""): string {
  const functions = programs.map(([maker, body], index) => {
    const text = index === 0 && wrong !== "" ? `${wrong} ${body}` : body;
    return `export const p${index} = ${maker}((ctx) => {\n  ${text}\n});\n`;
  });
  const item = map.includes("Item") ? 'export const Item = struct("item", { count: u64 });\n' : "";
  const text = `${item}export const m = ${map};\n${functions.join("")}export const other = xdp(() => XDP.PASS);\n`;
  const names = ["xdp", "XDP", "TC", "SK", "u32", "u32be", "u64", "struct", "hashMap", map.split("(")[0] ?? ""];
  const roots = programs.map(([maker]) => maker.split(".")[0] ?? "");
  const used = [...new Set([...names, ...roots])].filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  return `import { ${used.join(", ")} } from "@typebpf/dsl";\nexport const license = "GPL";\n${text}`;
}
