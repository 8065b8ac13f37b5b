// Object files: an object survives writing and reading; what the back ends would trip over is refused.
import {
  arrayLayout,
  type BpfObject,
  bitsLayout,
  instruction,
  objectTypes,
  scalarLayouts,
  structLayout,
} from "@typebpf/abi";
import { describe, expect, test } from "vitest";
import { objectSchema, objectText } from "./object.ts";

const at = { file: "filter.bpf.ts", line: 3, column: 1, length: 4 };
const value = structLayout("entry", {
  hits: scalarLayouts.u64,
  mac: arrayLayout(scalarLayouts.u8, 6),
  low: bitsLayout(scalarLayouts.u16, 3),
  high: bitsLayout(scalarLayouts.u16, 4),
});

const object: BpfObject = {
  format: 1,
  license: "GPL",
  target: { kernel: "6.1", isa: 3 },
  maps: [{ name: "blocked", type: "hash", key: scalarLayouts.u32be, value, maxEntries: 10, flags: 0, at }],
  programs: [
    {
      name: "firewall",
      type: "xdp",
      section: "xdp",
      insns: [instruction("mov32_imm", { dst: 0, imm: 2 }), instruction("exit")],
      relocations: [],
      lines: [{ slot: 0, at }],
      stackBytes: 0,
    },
  ],
  functions: [],
  sections: [],
  sources: [{ file: "filter.bpf.ts", text: "// nothing\n" }],
};

/** Each is one change of the object's text and makes it contradict itself. */
const contradictions: readonly (readonly [from: string, to: string])[] = [
  ['"format":1', '"format":2'],
  ['"license"', '"licence"'],
  ['"name":"u32be","size":4', '"name":"u32be","size":8'],
  ['"type":"hash"', '"type":"toString"'],
  ['"name":"hits","offset":0', '"name":"hits","offset":4000'],
  ['"name":"low"', '"name":"high"'],
  ['"count":4', '"count":14'],
  ['"length":6', '"length":600'],
  ['"opcode":149', '"opcode":255'],
  ['"relocations":[]', '"relocations":[{"kind":"map","slot":0,"map":"none"}]'],
  ['"relocations":[]', '"relocations":[{"kind":"map","slot":2,"map":"blocked"}]'],
  ['"stackBytes":0', '"stackBytes":513'],
];

describe("object files", () => {
  test("an object survives writing and reading", () => {
    expect(objectSchema.parse(JSON.parse(objectText(object)))).toEqual(object);
  });

  test("types that came with an object, and names of parameters, survive, too", () => {
    const [program] = object.programs;
    if (!program) throw new Error("there is no program");
    const own = { ...object, programs: [{ ...program, parameters: ["packet"] }] };
    const typed: BpfObject = { ...own, btf: objectTypes(own) };
    expect(typed.btf?.types.length).toBeGreaterThan(10);
    const text = objectText(typed);
    expect(objectSchema.parse(JSON.parse(text))).toEqual(typed);
    const parse = (from: RegExp, to: string) => objectSchema.safeParse(JSON.parse(text.replace(from, to)));
    expect(parse(/"bytes": "9feb/, '"bytes": "9fec').error?.message).toMatch(/malformed BTF/);
    expect(parse(/"key": \d+/, '"key": 999').error?.message).toMatch(/a type is not there/);
  });

  test("the text does not depend on the order of fields", () => {
    const { sources, ...rest } = object;
    expect(objectText({ sources, ...rest })).toBe(objectText(object));
  });

  test("contradictions are refused", () => {
    const text = JSON.stringify(object);
    expect(objectSchema.safeParse(JSON.parse(text)).success).toBe(true);
    for (const [from, to] of contradictions) {
      const changed = text.replace(from, to);
      expect(changed, from).not.toBe(text);
      expect(objectSchema.safeParse(JSON.parse(changed)).success, to).toBe(false);
    }
  });
});
