// Rows of functions of the kernel, and what their calls are in objects: left open for the back end, and beyond ELF.
import { describe, expect, test } from "vitest";
import { instruction } from "../isa/build.ts";
import { writeElf } from "../object/elf/write.ts";
import { flattenProgram } from "../object/flatten.ts";
import type { BpfObject, ProgramSpec } from "../object/object.ts";
import { requirementsOf } from "../object/requirements.ts";
import { helpers } from "./helpers/helpers.ts";
import type { CalleeRow } from "./helpers/row.ts";
import {
  calleeNames,
  callees,
  isKernelFunction,
  kernelFunctionNamed,
  kernelFunctionNames,
} from "./kernel-functions.ts";

const hash = "bpf_xdp_metadata_rx_hash";
const program: ProgramSpec = {
  name: "reads",
  type: "xdp",
  section: "xdp",
  insns: [instruction("call_kfunc"), instruction("exit")],
  relocations: [{ kind: "kernelFunction", slot: 0, name: hash }],
  lines: [],
  stackBytes: 0,
};
const object: BpfObject = {
  format: 1,
  sources: [],
  programs: [program],
  functions: [],
  maps: [],
  sections: [],
  license: "GPL",
  target: { kernel: "6.8", isa: 3 },
};

describe("functions of the kernel", () => {
  test("stand beside the helpers under names of their own", () => {
    expect(kernelFunctionNames.filter((name) => Object.hasOwn(helpers, name))).toEqual([]);
    expect(calleeNames.filter(isKernelFunction)).toEqual(kernelFunctionNames);
    const methods = calleeNames.flatMap((name) => {
      const { surface, programs }: CalleeRow = callees[name];
      return surface.on === "context" && (programs === "all" || programs.includes("xdp")) ? [surface.as] : [];
    });
    expect(new Set(methods).size).toBe(methods.length);
    expect(kernelFunctionNamed(hash)?.deviceBound).toBe(true);
    expect(kernelFunctionNamed("bpf_none")).toBeUndefined();
  });

  test("stay open when functions have their places", () => {
    expect(flattenProgram(object, program)).toMatchObject({ relocations: [{ kind: "kernelFunction", name: hash }] });
    const wide = { ...program, insns: [instruction("mov64_imm"), instruction("exit")] };
    expect(flattenProgram(object, wide)).toContain("kernelFunction");
  });

  test("are needs by name and release", () => {
    expect(requirementsOf(object, program).map(({ what, since }) => [what, since])).toContainEqual([hash, "6.3"]);
  });

  test("have no place in ELF", () => {
    expect(() => writeElf(object)).toThrow(/BPF5047: "reads" calls bpf_xdp_metadata_rx_hash/);
  });
});
