// Functions behind a program: distances of calls and addresses, shifted lines and relocations, and what fits nothing.
import { expect, test } from "vitest";
import { instruction, loadWide } from "../isa/build.ts";
import { flattenProgram } from "./flatten.ts";
import type { FunctionSpec, ProgramSpec } from "./object.ts";

const at = { file: "a.bpf.ts", line: 1, column: 1, length: 1 };
const exit = instruction("exit");
const call = instruction("call_local", { imm: -1 });
const leaf: FunctionSpec = {
  name: "leaf",
  insns: [loadWide(1, 0n), exit],
  relocations: [{ kind: "map", slot: 0, map: "m" }],
  lines: [{ slot: 2, at }],
  stackBytes: 8,
};
const middle: FunctionSpec = {
  name: "middle",
  insns: [call, exit],
  relocations: [{ kind: "call", slot: 0, function: "leaf" }],
  lines: [],
  stackBytes: 0,
};
const main: ProgramSpec = {
  name: "main",
  type: "xdp",
  section: "xdp",
  insns: [loadWide(1, 0n), call, call, exit],
  relocations: [
    { kind: "function", slot: 0, function: "leaf" },
    { kind: "call", slot: 2, function: "middle" },
    { kind: "call", slot: 3, function: "leaf" },
  ],
  lines: [{ slot: 0, at }],
  stackBytes: 16,
};

test("calls and addresses become distances, the rest is shifted", () => {
  const flat = flattenProgram({ functions: [leaf, middle] }, main);
  if (typeof flat === "string") throw new Error(flat);
  expect(flat.functions).toEqual([
    { name: "main", slot: 0, stackBytes: 16 },
    { name: "leaf", slot: 5, stackBytes: 8 },
    { name: "middle", slot: 8, stackBytes: 0 },
  ]);
  expect(flat.insns.map(({ src, imm }) => [src, imm])).toEqual([
    [4, 4],
    [1, 5],
    [1, 1],
    [0, 0],
    [0, 0],
    [0, 0],
    [1, -4],
    [0, 0],
  ]);
  expect(flat.relocations).toEqual([{ kind: "map", slot: 5, map: "m" }]);
  expect(flat.lines.map((line) => line.slot)).toEqual([0, 7]);
});

test.each([
  ["a function that is not there", { ...main, relocations: [{ kind: "call", slot: 2, function: "gone" }] }, /gone/],
  ["an instruction of another form", { ...main, relocations: [{ kind: "call", slot: 4, function: "leaf" }] }, /slot 4/],
  ["a slot inside of an instruction", { ...main, relocations: [{ kind: "map", slot: 1, map: "m" }] }, /slot 1/],
] as const)("%s is told", (_, program, words) => {
  expect(flattenProgram({ functions: [leaf, middle] }, program)).toMatch(words);
});
