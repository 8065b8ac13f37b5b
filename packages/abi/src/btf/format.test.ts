// BTF as C: what C says is what the types say, and clang agrees. Random layouts are printed, compiled with debug
// information, and read back from the BTF that clang writes; the running kernel's types compile to their own sizes.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arrayLayout, type Layout, scalarLayouts, structLayout } from "../layout.ts";
import type { BpfObject } from "../object/object.ts";
import { BtfBuilder } from "./build.ts";
import { btfProblem } from "./check.ts";
import { decodeBtf } from "./decode.ts";
import { dumpBtf } from "./dump.ts";
import { formatBtf } from "./format.ts";
import { layoutType } from "./from-layout.ts";
import { layouts } from "./generate.testing.ts";
import { formatHeader } from "./header.ts";
import { BtfLayouts } from "./to-layout.ts";
import type { Btf, BtfType } from "./types.ts";

const int: BtfType = { kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" };
const char: BtfType = { kind: "int", name: "char", size: 1, bits: 8, bitOffset: 0, encoding: "char" };

describe("header of an object", () => {
  const { u8, u16, u32, u64 } = scalarLayouts;
  const lock = structLayout("bpf_spin_lock", { val: u32 });
  const value = structLayout("account", { lock, bytes: u64 });
  const flow = structLayout("flow", { port: u16 });
  const object: BpfObject = {
    format: 1,
    license: "GPL",
    target: { kernel: "6.1", isa: 3 },
    maps: [{ name: "accounts", type: "hash", key: u32, value, maxEntries: 8, flags: 0 }],
    programs: [],
    functions: [],
    sections: [
      {
        name: ".bss",
        readOnly: false,
        size: 16,
        variables: [
          { name: "count", offset: 8, layout: u64 },
          { name: "last", offset: 2, layout: flow },
        ],
      },
      { name: ".rodata", readOnly: true, size: 4, variables: [{ name: "settings.port", offset: 0, layout: u8 }] },
      { name: ".rodata.tables", readOnly: true, size: 8, variables: [] },
    ],
    sources: [],
  };
  const header = formatHeader(object);

  test("has global data at its places, and the kernel's structs from the kernel's header", () => {
    expect(header).toContain("typedef struct {\n\tunsigned char __pad[2];\n\tstruct flow last;\n");
    expect(header).toContain("\t__u8 settings_port;\n");
    expect(header).not.toContain("tables");
    expect(header).not.toContain("struct bpf_spin_lock {");
  });

  test("compiles beside the kernel's header, with the sizes of the sections", () => {
    const folder = mkdtempSync(join(tmpdir(), "typebpf-header-"));
    try {
      const checks = `_Static_assert(sizeof(bss_section) == 16 && sizeof(rodata_section) == 4, "");
_Static_assert(__builtin_offsetof(bss_section, last) == 2 && __builtin_offsetof(bss_section, count) == 8, "");
_Static_assert(sizeof(accounts_value) == 16, "");\n`;
      writeFileSync(join(folder, "own.h"), header);
      writeFileSync(join(folder, "all.c"), `#include <linux/bpf.h>\n#include "own.h"\n${checks}`);
      execFileSync("gcc", ["-Wall", "-Werror", "-c", "all.c", "-o", "all.o"], { cwd: folder });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("text", () => {
  const body = (...types: readonly BtfType[]): string => formatBtf(types).replace("#pragma once\n\n", "").trim();
  const field = (name: string, type: number, at: number, bitSize = 0) => ({ name, type, bitOffset: at, bitSize });

  test("declarations wind around names", () => {
    const proto: BtfType = {
      kind: "func_proto",
      type: 1,
      parameters: [
        { name: "a", type: 1 },
        { name: "", type: 0 },
      ],
    };
    const types: readonly BtfType[] = [
      int,
      { kind: "const", type: 1 },
      { kind: "ptr", type: 2 },
      { kind: "const", type: 3 },
      { kind: "array", type: 4, index: 1, length: 3 },
      { kind: "ptr", type: 5 },
      proto,
      { kind: "ptr", type: 7 },
      { kind: "array", type: 8, index: 1, length: 2 },
    ];
    expect(body(...types, { kind: "typedef", name: "t", type: 6 })).toBe("typedef const int * const (*t)[3];");
    expect(body(...types, { kind: "typedef", name: "t", type: 9 })).toBe("typedef int (*t[2])(int a, ...);");
  });

  test("what is pointed to is declared, what is inside is defined before", () => {
    const types: readonly BtfType[] = [
      { kind: "struct", name: "node", size: 16, members: [field("next", 2, 0), field("item", 3, 64)] },
      { kind: "ptr", type: 1 },
      { kind: "union", name: "item", size: 8, members: [field("far", 5, 0), field("", 6, 0)] },
      { kind: "fwd", name: "hidden", of: "struct" },
      { kind: "ptr", type: 4 },
      { kind: "struct", name: "", size: 4, members: [field("low", 7, 0, 3), field("high", 7, 8)] },
      char,
    ];
    const holey: BtfType = {
      kind: "struct",
      name: "int",
      size: 12,
      members: [field("a", 7, 3, 2), field("default", 7, 64)],
    };
    expect(
      body(
        ...types.slice(0, 5),
        { ...types[5], members: [field("low", 7, 0, 3), field("high", 7, 8)], size: 2 } as BtfType,
        char,
        holey,
      ),
    ).toBe(
      "struct node;\n\nstruct hidden;\n\nunion item {\n\tstruct hidden *far;\n\tstruct {\n\t\tchar low : 3;\n\t\tchar high;\n\t};\n};\n\nstruct node {\n\tstruct node *next;\n\tunion item item;\n};\n\nstruct int_ {\n\tunsigned char : 3;\n\tchar a : 2;\n\tunsigned char : 3;\n\tunsigned char __pad[7];\n\tchar default_;\n\tunsigned char __pad___2[3];\n};",
    );
  });

  test("packed, enumerations, tags and names that are taken", () => {
    const types: readonly BtfType[] = [
      int,
      { kind: "struct", name: "p", size: 5, members: [field("a", 3, 0), field("b", 1, 8)] },
      char,
      {
        kind: "enum",
        name: "e",
        size: 1,
        signed: true,
        values: [
          { name: "A", value: -1 },
          { name: "B", value: 2 },
        ],
      },
      { kind: "enum64", name: "f", size: 8, signed: false, values: [{ name: "A", value: 2n ** 63n }] },
      { kind: "struct", name: "p", size: 1, members: [field("x", 3, 0)] },
      { kind: "decl_tag", name: 'say "hi"', type: 2, component: 1, attribute: false },
    ];
    const text = body(...types);
    expect(text).toContain('\tint b BTF_DECL_TAG("say \\042hi\\042");\n} __attribute__((packed));');
    expect(text).toContain("struct p___2 {\n\tchar x;\n};");
    expect(text).toContain("enum e {\n\tA = -1,\n\tB = 2,\n} __attribute__((mode(QI)));");
    expect(text).toContain("enum f {\n\tA___2 = 9223372036854775808ULL,\n} __attribute__((mode(DI)));");
  });

  test("aliases bring what they need only", () => {
    const builder = new BtfBuilder();
    const key = layoutType(
      builder,
      structLayout("flow", { a: scalarLayouts.u8, b: arrayLayout(scalarLayouts.u16be, 2) }),
    );
    layoutType(builder, structLayout("other", { a: scalarLayouts.u64 }));
    expect(formatBtf(builder.types, [{ name: "key", type: key, comment: "of a map */" }])).toBe(
      "#pragma once\n\ntypedef unsigned char __u8;\n\ntypedef unsigned short __u16;\n\ntypedef __u16 __be16;\n\nstruct flow {\n\t__u8 a;\n\t__be16 b[2];\n};\n\n/* of a map * / */\ntypedef struct flow key;\n",
    );
  });

  test("types that share nameless parts, or wind back to themselves, end", () => {
    const shared: BtfType[] = [char];
    for (let depth = 1; depth <= 24; depth++) {
      const half = 2 ** (depth - 1) * 8;
      shared.push({
        kind: "struct",
        name: "",
        size: 2 ** depth,
        members: [field("a", depth, 0), field("b", depth, half)],
      });
    }
    const text = formatBtf([...shared, { kind: "typedef", name: "big", type: shared.length }]);
    expect(text).toContain("members that C cannot place");
    expect(text.length).toBeLessThan(1 << 24);
    const self: readonly BtfType[] = [
      int,
      { kind: "array", type: 4, index: 1, length: 2 },
      { kind: "ptr", type: 2 },
      { kind: "struct", name: "s", size: 8, members: [field("p", 3, 0)] },
    ];
    expect(btfProblem(self)).toBeUndefined();
    expect(body(...self)).toContain("struct s (*p)[2];");
  });

  test("the dump has a line for each type", () => {
    expect(dumpBtf([int, { kind: "ptr", type: 1 }])).toBe(
      "[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED\n[2] PTR '(anon)' type_id=1\n",
    );
  });
});

/** The compilers to ask; the newest one first. */
const compilers = ["clang-19", "clang"].filter((name) => {
  try {
    execFileSync(name, ["-target", "bpf", "-E", "-x", "c", "/dev/null"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

/** A section of a 64-bit little-endian ELF file. */
function elfSection(bytes: Uint8Array, wanted: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headers = Number(view.getBigUint64(40, true));
  const header = (index: number) => {
    const at = headers + index * 64;
    const [offset, size] = [Number(view.getBigUint64(at + 24, true)), Number(view.getBigUint64(at + 32, true))];
    return { name: view.getUint32(at, true), bytes: bytes.subarray(offset, offset + size) };
  };
  const names = header(view.getUint16(62, true)).bytes;
  for (let index = 0; index < view.getUint16(60, true); index++) {
    const { name, bytes: contents } = header(index);
    if (new TextDecoder().decode(names.subarray(name, names.indexOf(0, name))) === wanted) return contents;
  }
  throw new Error(`no section ${wanted}`);
}

/** Compiles C that includes a header; gives the object, where there is one. */
function compile(
  compiler: string,
  header: string,
  text: string,
  ...options: readonly string[]
): Uint8Array | undefined {
  const folder = mkdtempSync(join(tmpdir(), "btf-"));
  try {
    const [source, object] = [join(folder, "a.c"), join(folder, "a.o")];
    writeFileSync(join(folder, "types.h"), header);
    writeFileSync(source, `#include "types.h"\n#include "types.h"\n${text}\n`);
    const args = ["-target", "bpf", "-Werror", "-Wno-unused", ...options, "-c", source, "-o", object];
    execFileSync(compiler, args, { stdio: ["ignore", "pipe", "pipe"] });
    return existsSync(object) ? new Uint8Array(readFileSync(object)) : undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The BTF that a compiler makes of C. */
function compiled(compiler: string, header: string, text: string): Btf {
  const btf = decodeBtf(elfSection(compile(compiler, header, text, "-g", "-O1") ?? new Uint8Array(), ".BTF"));
  if ("code" in btf) throw new Error(btf.message);
  return btf;
}

const missing = compilers.length === 0 ? " (missing: clang)" : "";

describe(`clang${missing}`, () => {
  test.skipIf(missing !== "")("lays our layouts out byte for byte as we do", () => {
    fc.assert(
      fc.property(
        fc.array(layouts, { minLength: 30, maxLength: 60 }),
        fc.constantFrom(...compilers),
        (all, compiler) => {
          const builder = new BtfBuilder();
          const aliases = all.map((layout, index) => ({ name: `root${index}`, type: layoutType(builder, layout) }));
          const variables = all.map((_, index) => `root${index} v${index};`);
          const asserts = all.map(
            (layout, index) =>
              `_Static_assert(sizeof(root${index}) == ${layout.size} && _Alignof(root${index}) == ${layout.align}, "root${index}");`,
          );
          const { types } = compiled(
            compiler,
            formatBtf(builder.types, aliases),
            [...variables, ...asserts].join("\n"),
          );
          const read = new BtfLayouts(types);
          for (const [index, layout] of all.entries()) {
            const id = types.findIndex((type) => type.kind === "typedef" && type.name === `root${index}`) + 1;
            expect(named(read.layout(id))).toEqual(named(layout));
          }
        },
      ),
      { numRuns: 12, endOnFailure: true },
    );
  });

  test.skipIf(missing !== "" || !existsSync("/sys/kernel/btf/vmlinux"))(
    "compiles the running kernel's types to their own sizes and offsets",
    () => {
      const kernel = decodeBtf(new Uint8Array(readFileSync("/sys/kernel/btf/vmlinux")));
      if ("code" in kernel) throw new Error(kernel.message);
      const { types } = kernel;
      const asserts: string[] = [];
      const tags = new Map<string, number>();
      const tagged = (type: BtfType): string => {
        const kinds: readonly BtfType["kind"][] = ["struct", "union", "enum", "enum64"];
        return kinds.includes(type.kind) && "name" in type ? type.name : "";
      };
      for (const type of types) tags.set(tagged(type), (tags.get(tagged(type)) ?? 0) + 1);
      for (const type of types) {
        if ((type.kind !== "struct" && type.kind !== "union") || tags.get(type.name) !== 1) continue;
        const c = `${type.kind} ${type.name}`;
        asserts.push(`_Static_assert(sizeof(${c}) == ${type.size}, "${c}");`);
        for (const { name, bitOffset, bitSize } of type.members) {
          if (name === "" || bitSize > 0) continue;
          asserts.push(`_Static_assert(__builtin_offsetof(${c}, ${name}) == ${bitOffset / 8}, "${c}.${name}");`);
        }
      }
      expect(asserts.length).toBeGreaterThan(10_000);
      compile(compilers[0] ?? "", formatBtf(types), asserts.join("\n"), "-fsyntax-only");
    },
  );
});

/** A layout without the names of structs, which C may have made unique. */
function named(layout: Layout | undefined): unknown {
  return JSON.parse(JSON.stringify(layout ?? null), (_, value) =>
    value?.kind === "struct" ? { ...value, name: "" } : value,
  );
}
