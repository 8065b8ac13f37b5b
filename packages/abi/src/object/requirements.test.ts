import { describe, expect, test } from "vitest";
import { assemble } from "../isa/assemble.ts";
import { scalarLayouts } from "../layout.ts";
import type { BpfObject, MapSpec, ProgramSpec } from "./object.ts";
import { minimumKernel, requirementsOf, requirementsOfMaps } from "./requirements.ts";

const at = (line: number) => ({ file: "a.bpf.ts", line, column: 1, length: 1 });

function program(text: string, more: Partial<ProgramSpec> = {}): ProgramSpec {
  const { insns, diagnostics } = assemble(text) as { insns: ProgramSpec["insns"]; diagnostics?: readonly unknown[] };
  expect(diagnostics ?? []).toEqual([]);
  const lines = [{ slot: 0, at: at(1) }];
  return { name: "p", type: "xdp", section: "xdp", insns, relocations: [], lines, stackBytes: 0, ...more };
}

const ring: MapSpec = {
  name: "events",
  type: "ringBuffer",
  key: { kind: "struct", name: "none", size: 0, align: 1, fields: [] },
  value: scalarLayouts.u32,
  maxEntries: 4096,
  flags: 0,
};
const empty: Pick<BpfObject, "maps" | "functions"> = { maps: [], functions: [] };
const needs = (one: ProgramSpec, object = empty) => requirementsOf(object, one).map(({ what, since }) => [what, since]);

describe("what a program needs", () => {
  test("its kind, and no more for the first instructions", () => {
    expect(needs(program("r0 = 2\nexit"))).toEqual([["xdp programs", "4.8"]]);
    expect(needs(program("r0 = 2\nexit", { section: "xdp.frags/devmap" }))).toEqual([
      ["xdp.devmap programs", "5.8"],
      ["XDP programs that accept packets in fragments", "5.18"],
    ]);
  });

  test.each([
    ["r0 = 2\nif r0 < 3 goto +0\nexit", "the jumps jlt, jle, jslt and jsle", "4.14"],
    ["r0 = 2\nif w0 == 3 goto +0\nexit", "32-bit jumps", "5.1"],
    ["r0 = 0\nr0 += 1\nif r0 != 3 goto -2\nexit", "loops that are not unrolled", "5.3"],
    ["r0 = 0\nr0 = (s8)r0\nexit", "signed division, sign-extending moves and loads, bswap and gotol", "6.6"],
    ["call bpf_ktime_get_boot_ns#125\nexit", "bpf_ktime_get_boot_ns", "5.8"],
    [
      "r0 = 1\n*(u64 *)(r10 -8) = r0\nr0 = atomic64_fetch_add((u64 *)(r10 -8), r0)\nexit",
      "atomics other than an add without result",
      "5.12",
    ],
  ])("%j needs %s", (text, what, since) => {
    expect(needs(program(text))).toContainEqual([what, since]);
  });

  test("an add without result is as old as the first instructions", () => {
    expect(needs(program("r0 = 1\n*(u64 *)(r10 -8) = r0\nlock *(u64 *)(r10 -8) += r0\nexit"))).toEqual([
      ["xdp programs", "4.8"],
    ]);
  });

  test("a map, where it is used", () => {
    const one = program("r0 = 0\nr1 = 0 ll\nexit", {
      relocations: [{ kind: "map", slot: 1, map: "events" }],
      lines: [
        { slot: 0, at: at(1) },
        { slot: 1, at: at(7) },
      ],
    });
    const found = requirementsOf({ maps: [{ ...ring, flags: 4 }], functions: [] }, one);
    expect(found).toContainEqual({ since: "5.8", what: "map type ringbuf", at: at(7) });
    expect(found).toContainEqual({ since: "4.14", what: "map flag BPF_F_NUMA_NODE", at: at(7) });
    expect(minimumKernel(found)).toMatchObject({ kernel: "5.8", because: [{ what: "map type ringbuf" }] });
    expect(requirementsOfMaps({ maps: [ring] })).toEqual([{ since: "5.8", what: "map type ringbuf" }]);
  });

  test("more than 4096 slots", () => {
    const long = program(`${"r0 = 2\n".repeat(4096)}exit`);
    expect(needs(long)).toContainEqual(["programs of more than 4096 instructions", "5.2"]);
    expect(needs(program(`${"r0 = 2\n".repeat(4095)}exit`))).toEqual([["xdp programs", "4.8"]]);
  });
});
