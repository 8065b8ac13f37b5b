// Instructions to text, in the syntax of the kernel's verifier log (kernel/bpf/disasm.c), with three additions where
// the log leaves something out: `ll` after 64-bit immediates, the kind of reference (`map[fd:5]`), and kfunc modules.
// Takes instructions of the table; ensures assemble(disassemble(x)) = x.
import { wideImmediate } from "./build.ts";
import type { InsnForm } from "./form.ts";
import type { Insn } from "./insn.ts";
import { formOf, insnTable } from "./opcodes.ts";
import { registerName } from "./registers.ts";
import { isComplete, type OperandName, parseTemplate, type TemplatePart } from "./syntax.ts";

/** What the text may say beyond the instruction itself. */
export interface DisassembleOptions {
  /** Name of a helper by its number, as `bpf_map_lookup_elem`; without one the text says `unknown`. */
  readonly helperName?: (number: number) => string | undefined;
}

const TEMPLATES: ReadonlyMap<InsnForm, readonly (readonly TemplatePart[])[]> = new Map(
  insnTable.map((form) => [form, form.syntax.map(parseTemplate)]),
);

const plus = (value: number): string => (value < 0 ? `${value}` : `+${value}`);

const PRINT: { readonly [K in OperandName]: (insn: Insn, options: DisassembleOptions) => string } = {
  dst: (insn) => registerName(insn.dst),
  src: (insn) => registerName(insn.src),
  wdst: (insn) => registerName(insn.dst, 32),
  wsrc: (insn) => registerName(insn.src, 32),
  imm: (insn) => `${insn.imm}`,
  immHex: (insn) => `0x${(insn.imm >>> 0).toString(16)}`,
  plusImm: (insn) => `+ ${insn.imm}`,
  imm64: (insn) => `0x${wideImmediate(insn).toString(16)}`,
  nextImm: (insn) => `${insn.nextImm ?? 0}`,
  nextOffset: (insn) => `+${(insn.nextImm ?? 0) >>> 0}`,
  offset: (insn) => plus(insn.offset),
  target: (insn) => `pc${plus(insn.offset)}`,
  farTarget: (insn) => `pc${plus(insn.imm)}`,
  helper: (insn, { helperName }) => `${helperName?.(insn.imm) ?? "unknown"}#${insn.imm}`,
  kfunc: (insn) => `kernel-function#${insn.imm}`,
};

/** One instruction as text. Throws an Error when the table does not have it: decode refuses those first. */
export function disassembleInsn(insn: Insn, options: DisassembleOptions = {}): string {
  const form = formOf(insn);
  const template = form && TEMPLATES.get(form)?.find((parts) => isComplete(form, parts, insn));
  if (template === undefined) throw new Error(`disassemble: no instruction: ${JSON.stringify(insn)}`);
  return template.map((part) => (part.kind === "text" ? part.text : PRINT[part.operand](insn, options))).join("");
}

/** A program as text, one line for each instruction (wide ones too). */
export function disassemble(insns: readonly Insn[], options: DisassembleOptions = {}): readonly string[] {
  return insns.map((insn) => disassembleInsn(insn, options));
}
