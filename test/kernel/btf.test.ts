// BTF in the kernel: every example's object brings its types, functions and lines; bpftool shows fields by name and the
// lines of the TypeScript; what the kernel refuses does not stand in the way of maps and programs.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  arrayLayout,
  type BpfObject,
  type BtfType,
  bitsLayout,
  btfSanitized,
  decodeBtf,
  dumpBtf,
  encodeBtf,
  type FunctionSpec,
  type MapTypeRow,
  mapTypes,
  objectTypes,
  scalarLayouts,
  structLayout,
  uapi,
  unionLayout,
} from "@typebpf/abi";
import { kernel } from "@typebpf/loader";
import { expect, test } from "vitest";
import { compileFile } from "../../packages/codegen/src/compile.ts";
import { Attr, attrLayouts } from "../../packages/loader/src/kernel/attr.ts";
import type { KernelObject } from "../../packages/loader/src/kernel/kernel.ts";
import { openSys } from "../../packages/loader/src/kernel/sys.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf, map, object, present, program } from "./objects.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { u8, u16, u32, u64, i32, u16be, u32be } = scalarLayouts;

function bpftool(...args: readonly string[]): string {
  return execFileSync("bpftool", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 26 });
}

function missing(): boolean {
  try {
    bpftool("version");
    return false;
  } catch {
    return true;
  }
}

const noTool = missing() ? " (missing: bpftool)" : "";

interface Shown {
  readonly btf_id?: number;
  readonly map_ids?: readonly number[];
}

function shown(loaded: KernelObject, name: string): Shown {
  return JSON.parse(bpftool("-j", "prog", "show", "id", `${present(loaded.programs.get(name)).id}`)) as Shown;
}

/** What the kernel says to types: 0 or a negative errno. */
async function loadTypes(types: readonly BtfType[]): Promise<number> {
  const sys = await openSys();
  const bytes = encodeBtf(types);
  const memory = sys.allocate(bytes.length);
  memory.bytes.set(bytes);
  const fd = new Attr(sys, attrLayouts.btfLoad)
    .set("btf", memory)
    .set("btf_size", bytes.length)
    .call(uapi.command.BTF_LOAD);
  if (fd >= 0) sys.close(fd);
  return Math.min(fd, 0);
}

const filters = readdirSync(`${root}examples`, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".bpf.ts"),
);

const mixed = structLayout("mixed", {
  low: bitsLayout(u16, 3),
  high: bitsLayout(u16, 9),
  version: bitsLayout(u16be, 4),
  length: bitsLayout(u16be, 12),
  port: u16be,
  bytes: arrayLayout(u8, 6),
  either: unionLayout("either", { word: u32be, half: u16, parts: structLayout("parts", { a: u8, b: i32 }) }),
  total: u64,
});

const everything: BpfObject = {
  ...object(
    [program("main", "r1 = map entries\nw0 = 2\nexit")],
    [map("entries", { type: "hash", key: structLayout("pair", { a: u32, b: u32be }), value: mixed })],
  ),
  sections: [
    {
      name: ".data.x",
      readOnly: false,
      size: 16,
      variables: [
        { name: "limit.port", offset: 8, layout: u64 },
        { name: "first", offset: 0, layout: u32 },
      ],
    },
  ],
};

describeKernel("BTF", () => {
  test(`there are examples${noTool}`, () => expect(filters.length).toBeGreaterThan(5));

  test.skipIf(noTool !== "").each(filters)("%s has its types, functions and lines", async (file) => {
    const compiled = present((await compileFile(`${root}examples/${file}`)).object);
    using loaded = await kernel().load(compiled);
    for (const { name, lines, at } of compiled.programs) {
      const { btf_id: btf } = shown(loaded, name);
      expect(btf, name).toBeGreaterThan(0);
      const dump = bpftool("prog", "dump", "xlated", "id", `${present(loaded.programs.get(name)).id}`, "linum");
      expect(dump).toContain(`int ${name}(struct `);
      const [first] = lines;
      const source = present(compiled.sources.find((one) => one.file === first?.at.file)).text.split("\n");
      expect(dump).toContain(`; ${present(source[present(first).at.line - 1]).trim()}`);
      expect(dump).toContain(`${present(first).at.file} line_num:${present(first).at.line}`);
      expect(present(at).file).toBe(present(first).at.file);
    }
    for (const { name, type } of compiled.maps) {
      const info = JSON.parse(bpftool("-j", "map", "show", "name", name.slice(0, 15))) as Shown | readonly Shown[];
      const all = Array.isArray(info) ? (info as readonly Shown[]) : [info as Shown];
      const row: MapTypeRow = mapTypes[type];
      if (type !== "ringBuffer" && row.btf !== "refused")
        expect(
          all.some((one) => (one.btf_id ?? 0) > 0),
          name,
        ).toBe(true);
    }
  });

  test("every form of layout, and sections, are taken as they are", async () => {
    expect(await loadTypes(objectTypes(everything).types)).toBe(0);
    expect(await loadTypes(btfSanitized(objectTypes(everything).types, "5.2"))).toBe(0);
    expect(await loadTypes(btfSanitized(objectTypes(everything).types, "4.18"))).toBe(0);
    expect(await loadTypes([{ kind: "typedef", name: "t", type: 1 }])).toBeLessThan(0);
  });

  test.skipIf(noTool !== "")(`bpftool shows our types as we mean them${noTool}`, async () => {
    using loaded = await kernel().load(everything);
    const { btf_id: btf = 0, map_ids: maps = [] } = shown(loaded, "main");
    const dump = bpftool("btf", "dump", "id", `${btf}`);
    expect(dump).toContain("STRUCT 'mixed' size=32 vlen=7");
    expect(dump).toMatch(/'low' type_id=\d+ bits_offset=0 bitfield_size=3/);
    expect(dump).toMatch(/'high' type_id=\d+ bits_offset=3 bitfield_size=9/);
    expect(dump).toMatch(/'version_length' type_id=\d+ bits_offset=16/);
    expect(dump).toMatch(/DECL_TAG 'typebpf:bits version:0:4 length:4:12' type_id=\d+ component_idx=2/);
    expect(dump).toMatch(/UNION 'either' size=8 vlen=3/);
    const section = present(loaded.sections.get(".data.x"));
    expect(section.spec.size).toBe(16);
    const [data] = JSON.parse(bpftool("-j", "map", "dump", "name", ".data.x")) as { formatted: object }[];
    expect(data?.formatted).toMatchObject({ value: { ".data.x": [{ first: 0 }, { limit_port: 0 }] } });
    const entries = present(loaded.maps.get("entries"));
    const value = new Uint8Array(32);
    value.set([0x2a, 0x01, 0x45, 0x67, 0x1f, 0x90, 1, 2, 3, 4, 5, 6], 0);
    value[24] = 7;
    expect(entries.update(Uint8Array.of(1, 0, 0, 0, 10, 0, 0, 1), value, 0)).toBe(0);
    const [entry] = JSON.parse(bpftool("-j", "map", "dump", "id", `${maps[0]}`)) as {
      formatted: { key: unknown; value: object };
    }[];
    expect(entry?.formatted.key).toEqual({ a: 1, b: 0x0100_000a });
    expect(entry?.formatted.value).toMatchObject({
      low: "0x2",
      high: "0x25",
      version_length: 0x6745,
      port: 0x901f,
      bytes: [1, 2, 3, 4, 5, 6],
      total: 7,
    });
  });

  test.skipIf(noTool !== "")(`our dump is that of bpftool, of our types and of the kernel's${noTool}`, () => {
    const file = join(mkdtempSync(join(tmpdir(), "btf-")), "types.btf");
    try {
      const { types } = objectTypes(everything);
      writeFileSync(file, encodeBtf(types));
      expect(dumpBtf(types)).toBe(bpftool("btf", "dump", "file", file));
      const kernelTypes = decodeBtf(new Uint8Array(readFileSync("/sys/kernel/btf/vmlinux")));
      if ("code" in kernelTypes) throw new Error(kernelTypes.message);
      expect(dumpBtf(kernelTypes.types) === bpftool("btf", "dump", "file", "/sys/kernel/btf/vmlinux")).toBe(true);
    } finally {
      rmSync(dirname(file), { recursive: true });
    }
  });

  test.skipIf(noTool !== "")(`functions behind a program have their names and lines${noTool}`, async () => {
    const at = { file: "main.bpf.ts", line: 2, column: 3, length: 1 };
    const leaf: FunctionSpec = {
      name: "leaf",
      insns: program("leaf", "w0 = 2\nexit").insns,
      relocations: [],
      lines: [{ slot: 1, at }],
      stackBytes: 0,
      parameters: ["left", "right"],
    };
    const main = program("main", "r1 = 1\nr2 = 2\ncall pc+0\nexit\nexit");
    const calling = {
      ...main,
      insns: main.insns.slice(0, 4),
      relocations: [{ kind: "call" as const, slot: 2, function: "leaf" }],
      lines: [{ slot: 0, at: { ...at, line: 1 } }],
    };
    using loaded = await kernel().load({
      ...object([calling]),
      functions: [leaf],
      sources: [{ file: "main.bpf.ts", text: "call();\n  return 2;\n" }],
    });
    const dump = bpftool("prog", "dump", "xlated", "id", `${present(loaded.programs.get("main")).id}`, "linum");
    expect(dump).toContain("int leaf(unsigned long long left, unsigned long long right):");
    expect(dump).toMatch(/; call\(\); \[file:main.bpf.ts line_num:1 line_col:3\]/);
    expect(dump).toMatch(/; return 2; \[file:main.bpf.ts line_num:2 line_col:3\]/);
  });

  test("a lock in a map's value is one that programs can take", async () => {
    const value = structLayout("guarded", { lock: structLayout("bpf_spin_lock", { val: u32 }), count: u32 });
    const text = `
      *(u32 *)(r10 -4) = 0
      r2 = r10
      r2 += -4
      r1 = map counts
      call 1
      if r0 == 0 goto out
      r6 = r0
      r1 = r6
      call 93
      r1 = *(u32 *)(r6 +4)
      r1 += 1
      *(u32 *)(r6 +4) = r1
      r1 = r6
      call 94
      out:
      w0 = 2
      exit`;
    using loaded = await kernel().load(object([program("count", text, "sched_cls")], [map("counts", { value })]));
    present(loaded.programs.get("count")).run({ packet: new Uint8Array(64), repeat: 3 });
    expect(present(loaded.maps.get("counts")).lookup(new Uint8Array(4))).toEqual(Uint8Array.of(0, 0, 0, 0, 3, 0, 0, 0));
  });

  test("an object whose types the kernel refuses runs without them", async () => {
    const plain = object([program("pass", "w0 = 2\nexit")], [map("m")]);
    const types = {
      types: [{ kind: "typedef" as const, name: "t", type: 1 }],
      maps: [{ name: "m", key: 1, value: 1 }],
      sections: [],
      functions: [{ name: "pass", type: 1 }],
    };
    using loaded = await kernel().load({ ...plain, btf: types });
    expect(present(loaded.programs.get("pass")).run({ packet: new Uint8Array(64) }).retval).toBe(2);
    // Types that load, but that no function or map can have.
    const wrong = { ...types, types: objectTypes(plain).types, functions: [{ name: "pass", type: 1 }] };
    using other = await kernel().load({ ...plain, btf: wrong });
    expect(present(other.programs.get("pass")).run({ packet: new Uint8Array(64) }).retval).toBe(2);
    const bad = await diagnosticOf(() => kernel().load({ ...object([program("bad", "exit")]), btf: wrong }));
    expect(bad.message).toMatch(/R0/);
  });
});
