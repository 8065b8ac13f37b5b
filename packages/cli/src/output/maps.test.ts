// Values for people, by their layout, and tables that nothing hostile can break out of.
import {
  arrayLayout,
  type BpfObject,
  bitsLayout,
  type Layout,
  type MapSpec,
  scalarLayouts,
  structLayout,
} from "@typebpf/abi";
import { type AnyMapHandle, decode, ipv4Prefix, load, simulator } from "@typebpf/loader";
import { describe, expect, test } from "vitest";
import { formatMap, valueText } from "./maps.ts";
import { stylesFor } from "./style.ts";
import { formatTable } from "./table.ts";

const { u8, u16, u32, u32be, u64, i16 } = scalarLayouts;
const entry = structLayout("entry", { mac: arrayLayout(u8, 6), ip: u32be, low: bitsLayout(u16, 3), hits: u64 });

const values: readonly (readonly [name: string, layout: Layout, bytes: readonly number[], text: string])[] = [
  ["u64", u64, [255, 255, 255, 255, 255, 255, 255, 255], "18446744073709551615"],
  ["i16", i16, [254, 255], "-2"],
  ["u32be", u32be, [192, 168, 0, 255], "192.168.0.255"],
  ["six bytes", arrayLayout(u8, 6), [2, 0, 0, 0, 0, 255], "02:00:00:00:00:ff"],
  ["four bytes", arrayLayout(u8, 4), [1, 2, 3, 4], "01020304"],
  ["array", arrayLayout(u32, 2), [1, 0, 0, 0, 2, 0, 0, 0], "[1, 2]"],
  [
    "struct",
    entry,
    [2, 0, 0, 0, 0, 1, 0, 0, 10, 0, 0, 7, 5, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0],
    "{ mac: 02:00:00:00:00:01, ip: 10.0.0.7, low: 5, hits: 9 }",
  ],
];

describe("values for people", () => {
  test.each(values)("%s", (_, layout, bytes, text) => {
    expect(valueText(layout, decode(layout, Uint8Array.from(bytes)))).toBe(text);
  });
});

describe("maps", () => {
  const trieKey = structLayout("k", { prefixLength: u32, address: u32be });
  const specs: readonly MapSpec[] = [
    { name: "rules", type: "lpmTrie", key: trieKey, value: u32, maxEntries: 8, flags: 1 },
    { name: "sources", type: "perCpuHash", key: u32be, value: u32, maxEntries: 8, flags: 0 },
  ];
  const object: BpfObject = {
    format: 1,
    license: "GPL",
    target: { kernel: "6.1", isa: 3 },
    maps: specs,
    programs: [],
    functions: [],
    sections: [],
    sources: [],
  };
  const lines = (map: AnyMapHandle | undefined) =>
    map &&
    formatMap(map, stylesFor(false))
      .split("\n")
      .map((line) => line.trim().split(/ {2,}/));

  test("prefixes are shown as they are typed", async () => {
    using loaded = await load(object, simulator());
    loaded.maps.rules?.set(ipv4Prefix("10.0.0.0/8"), 5);
    expect(lines(loaded.maps.rules)).toEqual([
      ["rules (lpm_trie, 1 of 8 entries)"],
      ["key", "value"],
      ["10.0.0.0/8", "5"],
      [""],
    ]);
  });

  test("an entry counts once, whatever its copies are", async () => {
    using loaded = await load(object, simulator({ cpus: 3 }));
    loaded.maps.sources?.set(1, [0, 7, 8]);
    loaded.maps.sources?.setAll(2, 0);
    expect(lines(loaded.maps.sources)).toEqual([
      ["sources (percpu_hash, 2 of 8 entries)"],
      ["key", "cpu", "value"],
      ["0.0.0.1", "1", "7"],
      ["0.0.0.1", "2", "8"],
      ["0.0.0.2", "0", "0"],
      [""],
    ]);
  });
});

describe("tables", () => {
  test("columns are aligned, control characters are shown, long cells are cut", () => {
    const columns = [{ title: "name" }, { title: "n", align: "right" as const }];
    const rows = [
      ["a\u001b[2J\nb", "1"],
      ["x".repeat(300), "22"],
    ];
    const [head, first, second, ...rest] = formatTable(columns, rows, stylesFor(false)).split("\n");
    expect(rest).toEqual([""]);
    expect(head).toBe(`name${" ".repeat(119)}n`);
    expect(first).toMatch(/^a␛\[2J␊b +1$/);
    expect(second).toBe(`${"x".repeat(119)}…  22`);
  });
});
