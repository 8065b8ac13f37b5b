import { expect, test } from "vitest";
import { encodeBtf } from "./encode.ts";
import { BtfIndex } from "./lookup.ts";
import type { BtfType } from "./types.ts";

const types: readonly BtfType[] = [
  { kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" },
  { kind: "struct", name: "", size: 8, members: [{ name: "inner", type: 1, bitOffset: 32, bitSize: 0 }] },
  {
    kind: "struct",
    name: "task",
    size: 16,
    members: [
      { name: "pid", type: 1, bitOffset: 0, bitSize: 0 },
      { name: "", type: 2, bitOffset: 64, bitSize: 0 },
    ],
  },
  { kind: "typedef", name: "task", type: 3 },
  { kind: "func_proto", type: 1, parameters: [{ name: "t", type: 4 }] },
  { kind: "func", name: "bpf_iter_task", type: 5, linkage: "global" },
  { kind: "func", name: "bpf_iter_task_file", type: 5, linkage: "global" },
];

test("names and members are found without decoding everything", () => {
  const index = BtfIndex.of(encodeBtf(types));
  expect(index?.size).toBe(types.length);
  expect(index?.find("task", "struct")).toBe(3);
  expect(index?.find("task", "typedef")).toBe(4);
  expect(index?.find("task", "func")).toBeUndefined();
  expect(index?.find("tas", "struct")).toBeUndefined();
  expect(index?.find("bpf_iter_task", "func")).toBe(6);
  expect(index?.type(6)).toEqual(types[5]);
  expect(index?.type(8)).toBeUndefined();
  expect(index?.plain(4)).toEqual({ id: 3, type: types[2] });
  expect(index?.member(4, "pid")).toMatchObject({ bitOffset: 0, type: 1 });
  expect(index?.member(4, "inner")).toMatchObject({ bitOffset: 96, type: 1 });
  expect(index?.member(4, "absent")).toBeUndefined();
  expect(index?.names("func", "bpf_iter_")).toEqual(["bpf_iter_task", "bpf_iter_task_file"]);
});

test("what is malformed holds nothing", () => {
  const bytes = encodeBtf(types);
  expect(BtfIndex.of(bytes.subarray(0, 20))).toBeUndefined();
  expect(BtfIndex.of(new Uint8Array(64))).toBeUndefined();
  for (let length = 24; length < bytes.length; length++) {
    const index = BtfIndex.of(bytes.subarray(0, length));
    for (let id = 1; id <= types.length; id++) index?.type(id);
  }
});
