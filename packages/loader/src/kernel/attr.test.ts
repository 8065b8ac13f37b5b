import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Attr, type AttrLayout, attrLayouts, kernelName } from "./attr.ts";
import { objectLayouts } from "./objects/layouts.ts";
import { type LoadField, programLoadFields } from "./program-load-fields.ts";
import type { Sys } from "./sys.ts";

interface Member {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly members?: readonly Member[];
}

const snapshot: {
  readonly layouts: Readonly<Record<string, { readonly size: number; readonly members: readonly Member[] }>>;
} = JSON.parse(readFileSync(new URL("../../../abi/snapshot/kernel.generated.json", import.meta.url), "utf8"));

/** Members by dotted name, those of nameless structs and unions in their place. */
function flatten(
  members: readonly Member[],
  base = 0,
  prefix = "",
): readonly (readonly [string, readonly [number, number]])[] {
  return members.flatMap((member) => {
    const offset = base + member.offset;
    const own = member.name === "" ? [] : [[`${prefix}${member.name}`, [offset, member.size]] as const];
    const inside = member.name === "" ? prefix : `${prefix}${member.name}.`;
    return [...own, ...(member.members ? flatten(member.members, offset, inside) : [])];
  });
}

/** The alternatives of a layout: bpf_attr has nameless structs that share names, one for each group of commands. */
function alternatives(layout: AttrLayout): readonly ReadonlyMap<string, readonly [number, number]>[] {
  const [struct = "", member] = layout.in.split(".");
  const members = snapshot.layouts[struct]?.members ?? [];
  if (member !== undefined) return [new Map(flatten(members.find((one) => one.name === member)?.members ?? []))];
  return struct === "bpf_attr" ? members.map((one) => new Map(flatten([one]))) : [new Map(flatten(members))];
}

const memorySys = {
  allocate: (size: number) => {
    const buffer = new ArrayBuffer(size);
    return { bytes: new Uint8Array(buffer), view: new DataView(buffer), address: 0x1122334455667788n };
  },
} as unknown as Sys;

describe("layouts of bpf(2)", () => {
  test.each<[string, AttrLayout]>([...Object.entries(attrLayouts), ...Object.entries(objectLayouts)])(
    "%s is as in the snapshot of the kernel",
    (_, layout) => {
      const wanted = Object.entries(layout.fields);
      const fits = alternatives(layout).filter((fields) => wanted.every(([name]) => fields.has(name)));
      expect(fits.length).toBeGreaterThan(0);
      expect(fits.map((fields) => wanted.map(([name]) => [name, fields.get(name)]))).toContainEqual(wanted);
      for (const [, [offset, size]] of wanted) expect(offset + size).toBeLessThanOrEqual(layout.size);
    },
  );

  test("fields are written at their place", () => {
    const attr = new Attr(memorySys, attrLayouts.mapCreate);
    attr.set("key_size", 0x01020304).set("map_name", "a name that is too long");
    expect([...attr.memory.bytes.subarray(4, 8)]).toEqual([4, 3, 2, 1]);
    expect(attr.text("map_name")).toBe("a name that is ");
    expect(attr.memory.bytes[43]).toBe(0);
    attr.set("map_name", "b");
    expect(attr.text("map_name")).toBe("b");
    const element = new Attr(memorySys, attrLayouts.mapElement).set("key", memorySys.allocate(1)).set("flags", 5n);
    expect(element.memory.view.getBigUint64(8, true)).toBe(0x1122334455667788n);
    expect(element.memory.view.getBigUint64(24, true)).toBe(5n);
  });

  test("names become what the kernel takes", () => {
    expect(kernelName("blocked.src_v4")).toBe("blocked.src_v4");
    expect(kernelName("größe$a-b c")).toBe("gr__e_a_b_c");
    expect(kernelName("abcdefghijklmnopqrst")).toBe("abcdefghijklmno");
  });
});

describe("fields of BPF_PROG_LOAD", () => {
  const members = flatten(
    snapshot.layouts.bpf_attr?.members.filter(({ members: own }) => own?.some(({ name }) => name === "insns")) ?? [],
  ).map(([name]) => name);

  test("each of the header has a row, in its order", () => {
    expect(members).toEqual(Object.keys(programLoadFields));
  });

  test("what is set has a place in the block, and is set by the loader's code", () => {
    const source = readFileSync(new URL("./program-load.ts", import.meta.url), "utf8");
    for (const [name, field] of Object.entries<LoadField>(programLoadFields)) {
      expect([name, source.includes(`set("${name}"`)]).toEqual([name, "from" in field]);
      if ("from" in field) expect(Object.keys(attrLayouts.programLoad.fields)).toContain(name);
    }
  });
});
