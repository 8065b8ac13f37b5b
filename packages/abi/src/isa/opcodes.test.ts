// The table itself: forms do not overlap, and every reserved field is refused when it is set.
import { describe, expect, test } from "vitest";
import { decode } from "./decode.ts";
import { slotBytes } from "./encode.ts";
import { type FieldName, type InsnForm, insnFields } from "./form.ts";
import type { Insn } from "./insn.ts";
import { formNamed, formOf, formsOfOpcode, insnTable } from "./opcodes.ts";
import { hiddenFields, parseTemplate } from "./syntax.ts";

/** The least instruction of a form: fixed fields as the row says, everything else 0. */
function plainest(form: InsnForm): Insn {
  const value = (field: FieldName) => (typeof form[field] === "number" ? form[field] : 0);
  const insn = {
    opcode: form.opcode,
    dst: value("dst"),
    src: value("src"),
    offset: value("offset"),
    imm: value("imm"),
  };
  return form.nextImm === undefined ? insn : { ...insn, nextImm: value("nextImm") };
}

/** Bytes of any field values, valid or not. */
function rawBytes(insn: Insn): Uint8Array {
  const bytes = new Uint8Array(insn.nextImm === undefined ? slotBytes : 2 * slotBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, insn.opcode);
  view.setUint8(1, (insn.src << 4) | insn.dst);
  view.setInt16(2, insn.offset, true);
  view.setInt32(4, insn.imm, true);
  if (insn.nextImm !== undefined) view.setInt32(12, insn.nextImm, true);
  return bytes;
}

/** Reserved fields of a row with a value that no other form of the opcode gives a meaning. */
const reserved = insnTable.flatMap((form) =>
  insnFields
    .filter((field) => form[field] === 0)
    .map((field) => {
      const taken = new Set(formsOfOpcode(form.opcode).map((other) => other[field]));
      const value = [1, 2, 3, 4, 5, 6, 7].find((one) => !taken.has(one));
      return { name: form.name, field, form, value: value ?? 0 };
    }),
);

const registers = insnTable.flatMap((form) =>
  (["dst", "src"] as const)
    .filter((field) => form[field] === "register")
    .map((field) => ({ name: form.name, field, form })),
);

describe("instruction table", () => {
  test("names are unique", () => {
    expect(new Set(insnTable.map((form) => form.name)).size).toBe(insnTable.length);
    expect(formNamed("sdiv32_reg")).toMatchObject({ opcode: 0x3c, offset: 1, group: "divmul32", isa: "v4" });
  });

  test("no instruction is of two forms", () => {
    for (const form of insnTable) {
      for (const other of formsOfOpcode(form.opcode)) {
        if (other === form) continue;
        const apart = insnFields.some(
          (field) =>
            typeof form[field] === "number" && typeof other[field] === "number" && form[field] !== other[field],
        );
        expect(apart, `${form.name} and ${other.name}`).toBe(true);
      }
    }
  });

  test("templates name known operands only, and no two forms print alike", () => {
    const shapes = insnTable.flatMap((form) => form.syntax.map((template) => JSON.stringify(parseTemplate(template))));
    expect(new Set(shapes).size).toBe(shapes.length);
    expect(() => parseTemplate("{dst} = {foo}")).toThrow("unknown operand {foo}");
  });

  test("each form has a template that shows all of it", () => {
    for (const form of insnTable) {
      const hidden = form.syntax.map((template) => hiddenFields(form, parseTemplate(template)));
      expect(hidden, form.name).toContainEqual([]);
    }
    expect(hiddenFields(formNamed("jeq64_reg"), parseTemplate("if {src} goto {target}"))).toEqual(["dst"]);
    expect(hiddenFields(formNamed("lddw_btf_id"), parseTemplate("{dst} = {imm}"))).toEqual(["nextImm"]);
  });

  test.each(insnTable)("$name: its plainest instruction decodes as itself", (form) => {
    expect(decode(rawBytes(plainest(form)))).toEqual({ insns: [plainest(form)], diagnostics: [] });
    expect(formOf(plainest(form))).toBe(form);
  });

  test.each(reserved)("$name: $field must be zero", ({ form, field, value }) => {
    expect(value).not.toBe(0);
    const { insns, diagnostics } = decode(rawBytes({ ...plainest(form), [field]: value }));
    expect(insns).toEqual([]);
    expect(diagnostics).toHaveLength(1);
    expect(["BPF5003", "BPF5006"]).toContain(diagnostics[0]?.code);
    expect(diagnostics[0]?.message).toMatch(/^slot 0: /);
  });

  test.each(registers)("$name: $field beyond r10 is refused", ({ form, field }) => {
    for (const register of [11, 15]) {
      const { diagnostics } = decode(rawBytes({ ...plainest(form), [field]: register }));
      expect(diagnostics.map((one) => one.code)).toEqual(["BPF5004"]);
    }
    expect(decode(rawBytes({ ...plainest(form), [field]: 10 })).diagnostics).toEqual([]);
  });
});
