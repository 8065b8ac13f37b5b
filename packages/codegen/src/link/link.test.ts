import { instruction, type MapSpec, scalarLayouts } from "@typebpf/abi";
import { expect, test } from "vitest";
import type { TypedModule } from "../ast/nodes.ts";
import type { EmittedProgram } from "../machine/emit.ts";
import { link } from "./link.ts";

const at = { file: "f.bpf.ts", line: 3, column: 1, length: 5 };
const hits: MapSpec = {
  name: "hits",
  type: "hash",
  key: scalarLayouts.u32,
  value: scalarLayouts.u64,
  maxEntries: 4,
  flags: 0,
};
const typed: TypedModule = {
  sections: [],
  maps: [hits],
  programs: [
    { name: "second", kind: "xdp", type: "xdp", section: "xdp", function: 1, at },
    { name: "first", kind: "xdp", type: "xdp", section: "xdp", function: 0, at },
  ],
  functions: [],
  license: "GPL",
  target: { kernel: "6.1", isa: 3 },
  sources: [{ file: "f.bpf.ts", text: "" }],
};

function emitted(name: string, map?: string): EmittedProgram {
  return {
    name,
    insns: [instruction("mov64_imm", { imm: 2 }), instruction("exit")],
    lines: [{ slot: 0, at }],
    relocations: map === undefined ? [] : [{ kind: "map", slot: 0, map }],
    stackBytes: 8,
  };
}

test("programs come in the module's order, with section, lines and relocations", () => {
  const object = link(typed, [emitted("first"), emitted("second", "hits")]);
  expect(object).toMatchObject({ format: 1, license: "GPL", target: { kernel: "6.1", isa: 3 }, maps: [hits] });
  expect(
    object.programs.map(({ name, section, relocations, stackBytes }) => [
      name,
      section,
      relocations.length,
      stackBytes,
    ]),
  ).toEqual([
    ["second", "xdp", 1, 8],
    ["first", "xdp", 0, 8],
  ]);
});

test("a program without code or a map that does not exist is a bug of the compiler", () => {
  expect(() => link(typed, [emitted("first")])).toThrow("link: program second has no code");
  expect(() => link(typed, [emitted("first", "other"), emitted("second")])).toThrow("other, which does not exist");
});
