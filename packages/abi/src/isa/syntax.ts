// Operand syntax of the table's templates, shared by disassembler and assembler. A template is literal text with
// operands in braces, `{dst} = *(u32 *)({src} {offset})`; each operand stands for one or two fields.
import { type FieldName, type InsnForm, insnFields } from "./form.ts";
import type { Insn } from "./insn.ts";

/** Which fields each operand of a template shows. */
export const operandFields = {
  /** r3 */
  dst: ["dst"],
  src: ["src"],
  /** w3: the lower half */
  wdst: ["dst"],
  wsrc: ["src"],
  /** -5 */
  imm: ["imm"],
  /** 0xfffffffb: the 32 bits as they are */
  immHex: ["imm"],
  /** + -5 */
  plusImm: ["imm"],
  /** 64 bits in hexadecimal over both slots */
  imm64: ["imm", "nextImm"],
  nextImm: ["nextImm"],
  /** +8: unsigned distance into a map value */
  nextOffset: ["nextImm"],
  /** +8, -8 */
  offset: ["offset"],
  /** pc+3: distance from the next slot, or a label */
  target: ["offset"],
  farTarget: ["imm"],
  /** bpf_map_lookup_elem#1 */
  helper: ["imm"],
  /** kernel-function#123 */
  kfunc: ["imm"],
} as const satisfies Record<string, readonly FieldName[]>;

export type OperandName = keyof typeof operandFields;

/** A piece of a template: text to print or to find as it is, or an operand. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "operand"; readonly operand: OperandName };

function isOperandName(name: string): name is OperandName {
  return Object.hasOwn(operandFields, name);
}

/** The pieces of a template. An unknown operand is a mistake in the table and throws an Error. */
export function parseTemplate(template: string): readonly TemplatePart[] {
  return template
    .split(/(\{\w+\})/)
    .filter((piece) => piece !== "")
    .map((piece) => {
      if (!piece.startsWith("{")) return { kind: "text", text: piece };
      const operand = piece.slice(1, -1);
      if (!isOperandName(operand)) throw new Error(`isa: unknown operand ${piece} in "${template}"`);
      return { kind: "operand", operand };
    });
}

/** The fields of a form that are free to vary and that this template does not show: it stands for zero there. */
export function hiddenFields(form: InsnForm, parts: readonly TemplatePart[]): readonly FieldName[] {
  const shown = new Set<FieldName>(
    parts.flatMap((part) => (part.kind === "operand" ? operandFields[part.operand] : [])),
  );
  return insnFields.filter((field) => {
    const rule = form[field];
    return rule !== undefined && typeof rule !== "number" && !shown.has(field);
  });
}

/** True when this template says everything about the instruction. */
export function isComplete(form: InsnForm, parts: readonly TemplatePart[], insn: Insn): boolean {
  return hiddenFields(form, parts).every((field) => insn[field] === 0);
}
