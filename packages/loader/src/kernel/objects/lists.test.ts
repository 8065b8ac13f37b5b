// Lists with a kernel that stands in: ids that go while they are looked at, types that nobody knows, missing privileges,
// and differences between maps.
import { DiagnosticError, type Layout, type MapSpec, scalarLayouts, structLayout, uapi } from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import type { Memory, Sys } from "../sys.ts";
import { objectIds, openById } from "./ids.ts";
import { layoutDifference, mapDifferences } from "./map-check.ts";
import { type KernelMapInfo, readMap } from "./map-info.ts";
import { attachTypeNameOf, linkTypeNameOf, mapTypeNameOf, programTypeNameOf } from "./names.ts";

const allocate: Sys["allocate"] = (size) => {
  const buffer = new ArrayBuffer(size);
  return { bytes: new Uint8Array(buffer), view: new DataView(buffer), address: 1n };
};

/** A kernel with maps of these ids; those that are gone are listed and cannot be opened. */
function kernelWith(ids: readonly number[], gone: readonly number[] = []): Sys {
  const bpf = (command: number, attr: Memory): number => {
    const start = attr.view.getUint32(0, true);
    if (command === uapi.command.MAP_GET_NEXT_ID) {
      const next = ids.find((id) => id > start);
      if (next === undefined) return -2;
      attr.view.setUint32(4, next, true);
      return 0;
    }
    return gone.includes(start) ? -2 : start;
  };
  return { allocate, bpf, close: () => 0 } as unknown as Sys;
}

const refusing = (status: number): Sys => ({ allocate, bpf: () => status, close: () => 0 }) as unknown as Sys;

function codesOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map(({ code }) => code);
    throw error;
  }
  return [];
}

describe("ids", () => {
  test("come in order, and those that have gone cannot be opened", () => {
    const sys = kernelWith([3, 7, 0x7fff_fffe], [7]);
    expect([...objectIds(sys, "map")]).toEqual([3, 7, 0x7fff_fffe]);
    expect([...objectIds(sys, "map")].map((id) => openById(sys, "map", id)?.number)).toEqual([
      3,
      undefined,
      0x7fff_fffe,
    ]);
  });

  test.each([
    ["EPERM", -1, "BPF6204"],
    ["ENOSYS", -38, "BPF6203"],
    ["EINVAL", -22, "BPF6295"],
  ])("%s is told", (_, status, code) => {
    expect(codesOf(() => [...objectIds(refusing(status), "map")])).toEqual([code]);
    expect(codesOf(() => openById(refusing(status), "link", 1))).toEqual([code]);
  });
});

test("types that are not known are their numbers", () => {
  const blocks: Memory[] = [];
  const remembering: Sys["allocate"] = (size) => {
    const block = allocate(size);
    blocks.push(block);
    return block;
  };
  // The info struct is allocated first, then the block of the command that points to it.
  const fill = (): number => {
    blocks[0]?.view.setUint32(0, 4000, true);
    blocks[0]?.view.setUint32(8, 9, true);
    blocks[0]?.bytes.set(new TextEncoder().encode("odd\u0001name"), 24);
    return 0;
  };
  const info = readMap({ allocate: remembering, bpf: fill } as unknown as Sys, -1);
  expect(info).toMatchObject({ type: "4000", typeNumber: 4000, name: "odd\u0001name", keySize: 9 });
  expect([programTypeNameOf(999), mapTypeNameOf(999), linkTypeNameOf(999), attachTypeNameOf(999)]).toEqual(
    Array(4).fill("999"),
  );
  expect([programTypeNameOf(3), mapTypeNameOf(9), linkTypeNameOf(11)]).toEqual(["sched_cls", "lru_hash", "tcx"]);
});

const { u8, u16, u32, u32be, i32, i8, u64 } = scalarLayouts;
const array = (item: Layout, length: number): Layout => ({
  kind: "array",
  item,
  length,
  size: item.size * length,
  align: item.align,
});

describe("layouts of two sides", () => {
  const flow = structLayout("flow", { source: u32be, port: u16 });
  test("are the same whatever structs are called, and bytes are anything", () => {
    expect(layoutDifference(flow, structLayout("other", { source: u32be, port: u16 }))).toBeUndefined();
    expect(layoutDifference(array(i8, 8), array(u8, 8))).toBeUndefined();
    expect(layoutDifference(flow, array(u8, 8))).toBeUndefined();
    expect(layoutDifference(u8, i8)).toBeUndefined();
  });

  test.each<[string, Layout, Layout, string]>([
    ["byte order", u32, u32be, "u32 here, u32be there"],
    ["sign", u32, i32, "u32 here, i32 there"],
    ["shape", u64, structLayout("pair", { a: u32, b: u32 }), "u64 here, struct pair there"],
    ["length", array(u32, 2), array(u32, 3), "u32[2] here, u32[3] there"],
    ["items", array(u32, 2), array(u32be, 2), "u32 here, u32be there"],
    [
      "field's name",
      flow,
      structLayout("flow", { source: u32be, dest: u16 }),
      'the field "port" is called "dest" there',
    ],
    [
      "field more",
      flow,
      structLayout("flow", { source: u32be, port: u16, last: u16 }),
      'there is a field "last" there',
    ],
    ["field less", flow, structLayout("flow", { source: u32be }), 'the field "port" is missing there'],
  ])("differ in %s", (_, one, other, difference) => {
    expect(layoutDifference(one, other)).toBe(difference);
  });
});

test("what the kernel changes itself is no difference", () => {
  const spec: MapSpec = { name: "m", type: "lruHash", key: u32, value: u64, maxEntries: 5, flags: 2 };
  const info: KernelMapInfo = {
    ...{ id: 1, type: "lru_hash", typeNumber: 9, name: "m", keySize: 4, valueSize: 8, maxEntries: 6, flags: 2 },
    ...{ extra: 0n, memoryBytes: undefined, frozen: false, btf: { object: 0, key: 0, value: 0 } },
  };
  const layouts = { key: u32, value: u64, from: "sizes" } as const;
  const codes = (one: MapSpec, other: KernelMapInfo) =>
    mapDifferences(one, other, layouts, { cpus: 2, where: "map 1" }).map(({ code }) => code);
  expect(codes(spec, info)).toEqual([]);
  expect(codes({ ...spec, flags: 0 }, { ...info, flags: 0 })).toEqual(["BPF6289"]);
  const device: MapSpec = { ...spec, type: "devMap", value: u32, maxEntries: 6, flags: 0 };
  const devices = { ...info, type: "devmap", typeNumber: 14, valueSize: 4, flags: uapi.mapFlags.RDONLY_PROG };
  expect(codes(device, devices)).toEqual([]);
  expect(codes({ ...device, type: "hash" }, { ...devices, typeNumber: 1 })).toEqual(["BPF6290"]);
});
