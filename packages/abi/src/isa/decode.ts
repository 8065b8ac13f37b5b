// Bytecode to instructions (RFC 9669 section 3). Takes any bytes; what no row of the table allows is refused with a
// diagnostic that names the slot: unknown opcode, reserved field, register, variant, half of a wide instruction.
import { abiDiagnostics } from "../diagnostics/catalogue.ts";
import { type Diagnostic, type DiagnosticRow, diagnostic } from "../diagnostics/diagnostic.ts";
import { slotBytes } from "./encode.ts";
import { type FieldName, type FieldRule, type InsnForm, insnFields } from "./form.ts";
import type { Insn } from "./insn.ts";
import { formOf, formsOfOpcode, obeys } from "./opcodes.ts";

/** Instructions, or why there are none: `insns` is empty when there are diagnostics. */
export interface Decoded {
  readonly insns: readonly Insn[];
  readonly diagnostics: readonly Diagnostic[];
}

/** After so many findings the rest of the input is noise. */
const MAX_DIAGNOSTICS = 100;

/** Decodes a whole program. Errors are in `diagnostics`, each naming its slot; nothing is thrown. */
export function decode(bytes: Uint8Array): Decoded {
  const diagnostics: Diagnostic[] = [];
  const insns: Insn[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const slots = Math.floor(bytes.length / slotBytes);
  if (bytes.length % slotBytes !== 0) {
    const message = `bytecode of ${bytes.length} bytes is not a whole number of 8-byte instructions`;
    diagnostics.push(diagnostic(abiDiagnostics.oddLength, { message }));
  }
  for (let slot = 0; slot < slots && diagnostics.length < MAX_DIAGNOSTICS; ) {
    const first = readSlot(view, slot);
    const wide = formsOfOpcode(first.opcode).some((form) => form.nextImm !== undefined);
    const second = wide && slot + 1 < slots ? readSlot(view, slot + 1) : undefined;
    const insn = second ? { ...first, nextImm: second.imm } : first;
    const problem = (wide ? secondSlotProblem(second, slot) : undefined) ?? insnProblem(insn, slot);
    if (problem) diagnostics.push(problem);
    else insns.push(insn);
    slot += wide ? 2 : 1;
  }
  return diagnostics.length > 0 ? { insns: [], diagnostics } : { insns, diagnostics };
}

function readSlot(view: DataView, slot: number): Insn {
  const at = slot * slotBytes;
  const registers = view.getUint8(at + 1);
  return {
    opcode: view.getUint8(at),
    dst: registers & 0xf,
    src: registers >> 4,
    offset: view.getInt16(at + 2, true),
    imm: view.getInt32(at + 4, true),
  };
}

function secondSlotProblem(second: Insn | undefined, slot: number): Diagnostic | undefined {
  if (second === undefined) {
    const message = `slot ${slot}: the program ends in the middle of a wide instruction`;
    return diagnostic(abiDiagnostics.badWide, { message });
  }
  const bad = (["opcode", "dst", "src", "offset"] as const).find((field) => second[field] !== 0);
  if (bad === undefined) return undefined;
  const message = `slot ${slot + 1}: ${bad} of the second half of a wide instruction is ${second[bad]}, not 0`;
  return diagnostic(abiDiagnostics.badWide, { message });
}

interface Violation {
  readonly field: FieldName;
  readonly rule: FieldRule;
  readonly value: number;
}

function violations(form: InsnForm, insn: Insn): Violation[] {
  return insnFields.flatMap((field) => {
    const rule = form[field];
    const value = insn[field];
    return rule === undefined || value === undefined || obeys(rule, value) ? [] : [{ field, rule, value }];
  });
}

/** What is wrong with an instruction, as a diagnostic that names the slot; undefined when the table has it. */
export function insnProblem(insn: Insn, slot: number): Diagnostic | undefined {
  if (formOf(insn) !== undefined) return undefined;
  const forms = formsOfOpcode(insn.opcode);
  const opcode = `0x${insn.opcode.toString(16).padStart(2, "0")}`;
  // The form that comes closest says what was probably meant.
  const [closest] = forms.map((form) => violations(form, insn)).sort((a, b) => a.length - b.length);
  const first = closest?.[0];
  if (first === undefined) {
    return diagnostic(abiDiagnostics.unknownOpcode, { message: `slot ${slot}: unknown opcode ${opcode}` });
  }
  const { row, why } = explain(first, forms);
  return diagnostic(row, { message: `slot ${slot}: opcode ${opcode}: ${why}` });
}

function explain({ field, rule, value }: Violation, forms: readonly InsnForm[]): { row: DiagnosticRow; why: string } {
  if (rule === "register") return { row: abiDiagnostics.badRegister, why: `${field} names register ${value}` };
  const rules = forms.map((form) => form[field]);
  const known = [...new Set(rules.filter((one) => typeof one === "number"))].sort((a, b) => a - b);
  if (known.length > 1) {
    return { row: abiDiagnostics.unknownForm, why: `${field} is ${value}; defined are ${known.join(", ")}` };
  }
  return rule === 0
    ? { row: abiDiagnostics.reservedField, why: `reserved field ${field} is ${value}, not 0` }
    : { row: abiDiagnostics.unknownForm, why: `${field} is ${value}, not ${rule}` };
}
