import { instruction, type Relocation } from "@typebpf/abi";
import { expect, test } from "vitest";
import { checkLimits } from "./limits.ts";

const at = { file: "f.bpf.ts", line: 3, column: 1, length: 5 };

function program(slots: number, maps: number): Parameters<typeof checkLimits>[0] {
  const relocations: readonly Relocation[] = Array.from({ length: 2 * maps }, (_, index) => ({
    kind: "map",
    slot: 2 * index,
    map: `m${index % maps}`,
  }));
  const insns = new Array(slots).fill(instruction("exit"));
  return { name: "f", insns, lines: [{ slot: 0, at }], relocations, stackBytes: 0 };
}

test("a million slots and 64 maps are allowed, one more of either is not", () => {
  expect(checkLimits(program(1_000_000, 64))).toEqual([]);
  expect(checkLimits(program(1_000_001, 65))).toMatchObject([
    { code: "BPF3013", at, message: "f has 1000001 instruction slots; the kernel takes 1000000" },
    { code: "BPF3014", at, message: "f uses 65 maps; the kernel takes 64" },
  ]);
});
