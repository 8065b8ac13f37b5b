// The edge of the library: an object and back, and what is thrown for bytes that are none.
import { expect, test } from "vitest";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { instruction } from "../../isa/build.ts";
import type { BpfObject } from "../object.ts";
import { read, write } from "./elf.ts";

const object: BpfObject = {
  format: 1,
  license: "GPL",
  target: { kernel: "6.1", isa: 3 },
  maps: [],
  programs: [
    {
      name: "pass",
      type: "xdp",
      section: "xdp",
      insns: [instruction("mov64_imm", { dst: 0, imm: 2 }), instruction("exit")],
      relocations: [],
      lines: [],
      stackBytes: 0,
    },
  ],
  functions: [],
  sections: [],
  sources: [],
};

test("an object is read as it was written", () => {
  const { btf: _, ...again } = read(write(object));
  expect(again).toEqual(object);
});

test("bytes that are no ELF file are refused", () => {
  expect(() => read(Uint8Array.of(1, 2, 3))).toThrow(DiagnosticError);
});

test("a map's value that is reached by its address is refused with what to do", () => {
  const [pass] = object.programs;
  if (!pass) throw new Error("no program");
  const insns = [instruction("lddw", { dst: 1 }), ...pass.insns];
  const direct = { ...pass, insns, relocations: [{ kind: "mapValue", slot: 0, map: "counts", offset: 0 }] } as const;
  expect(() => write({ ...object, programs: [direct] })).toThrow("compile with { directMapValues: false }");
});
