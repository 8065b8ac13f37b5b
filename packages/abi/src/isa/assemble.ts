// Assembly text to instructions: the syntax that disassemble prints, one instruction a line, plus labels (`name:`),
// comments (`;`, `//`), decimal or hexadecimal numbers, and the `12: (b7)` in front of lines of the kernel's log.
// Takes any text; errors are diagnostics with line and column. A line is compared with every template of the table.
import { abiDiagnostics } from "../diagnostics/catalogue.ts";
import { type Diagnostic, type DiagnosticRow, diagnostic } from "../diagnostics/diagnostic.ts";
import { type InsnOperands, instruction } from "./build.ts";
import type { InsnForm } from "./form.ts";
import type { Insn } from "./insn.ts";
import { insnTable } from "./opcodes.ts";
import { isRegisterName, type OperandContext, operandReaders } from "./operands.ts";
import { type OperandName, parseTemplate } from "./syntax.ts";
import { type Token, tokenize } from "./tokens.ts";

/** Names that the text may use, and how diagnostics call the text. */
export interface AssembleOptions {
  /** Shown in spans; "assembly" when absent. */
  readonly file?: string;
  /** Number of a helper by its name, for `call name` without a number. */
  readonly helperNumber?: (name: string) => number | undefined;
}

/** Instructions, or why there are none: `insns` is empty when there are diagnostics. */
export interface Assembled {
  readonly insns: readonly Insn[];
  readonly diagnostics: readonly Diagnostic[];
}

type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "operand"; readonly operand: OperandName };

interface Template {
  readonly form: InsnForm;
  readonly pieces: readonly Piece[];
}

const TEMPLATES: readonly Template[] = insnTable.flatMap((form) =>
  form.syntax.map((template) => ({
    form,
    pieces: parseTemplate(template).flatMap((part): readonly Piece[] =>
      part.kind === "operand" ? [part] : tokenize(part.text).tokens.map(({ text }) => ({ kind: "text", text })),
    ),
  })),
);

/** One line with an instruction, cut up and compared with the templates. */
interface Statement {
  readonly line: number;
  readonly tokens: readonly Token[];
  /** More than one only where the operand decides: `call name`. */
  readonly candidates: readonly [Template, ...Template[]];
  readonly slot: number;
}

/** A mistake at a place of a line; `at` counts from 0. */
interface Mistake {
  readonly row: DiagnosticRow;
  readonly why: string;
  readonly at: number;
  readonly length: number;
  readonly notes?: readonly string[];
}

const MAX_DIAGNOSTICS = 100;
const LOG_PREFIX = /^\s*(?:\d+:\s*)?(?:\([\da-f]{2}\))?/;
const LABEL = /^\s*([A-Za-z_.$][\w.$]*)\s*:/;

/** Assembles a program. Errors are in `diagnostics`, each at its line and column; nothing is thrown. */
export function assemble(text: string, options: AssembleOptions = {}): Assembled {
  const file = options.file ?? "assembly";
  const diagnostics: Diagnostic[] = [];
  const report = (line: number, mistake: Mistake): void => {
    const span = { file, line, column: mistake.at + 1, length: Math.max(1, mistake.length) };
    diagnostics.push(diagnostic(mistake.row, { message: mistake.why, at: span, notes: mistake.notes ?? [] }));
  };
  const { statements, labels } = readLines(text.split(/\r?\n/), report, () => diagnostics.length >= MAX_DIAGNOSTICS);
  const insns: Insn[] = [];
  for (const statement of statements) {
    if (diagnostics.length >= MAX_DIAGNOSTICS) break;
    const built = build(statement, { slot: statement.slot, labels, helperNumber: options.helperNumber });
    if (built.kind === "insn") insns.push(built.insn);
    else report(statement.line, built.mistake);
  }
  diagnostics.sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0));
  return diagnostics.length > 0 ? { insns: [], diagnostics } : { insns, diagnostics };
}

function readLines(
  lines: readonly string[],
  report: (line: number, mistake: Mistake) => void,
  full: () => boolean,
): { statements: readonly Statement[]; labels: ReadonlyMap<string, number> } {
  const statements: Statement[] = [];
  const labels = new Map<string, number>();
  let slot = 0;
  for (const [index, text] of lines.entries()) {
    if (full()) break;
    const line = index + 1;
    const label = LABEL.exec(text);
    if (label !== null) {
      const mistake = labelMistake(label, labels);
      if (mistake) report(line, mistake);
      else labels.set(label[1] ?? "", slot);
    }
    const skip = (label ?? LOG_PREFIX.exec(text))?.[0].length ?? 0;
    const read = readStatement(text.slice(skip), skip);
    if (read.kind === "mistake") report(line, read.mistake);
    if (read.kind !== "statement") continue;
    statements.push({ line, tokens: read.tokens, candidates: read.candidates, slot });
    slot += read.candidates[0].form.nextImm === undefined ? 1 : 2;
  }
  return { statements, labels };
}

function labelMistake(label: RegExpExecArray, labels: ReadonlyMap<string, number>): Mistake | undefined {
  const name = label[1] ?? "";
  const place = { at: label[0].indexOf(name), length: name.length };
  if (isRegisterName(name)) return { row: abiDiagnostics.syntax, why: `${name} is a register, not a label`, ...place };
  return labels.has(name)
    ? { row: abiDiagnostics.duplicateLabel, why: `label ${name} is defined twice`, ...place }
    : undefined;
}

type Read =
  | { readonly kind: "nothing" }
  | { readonly kind: "mistake"; readonly mistake: Mistake }
  | { readonly kind: "statement"; readonly tokens: readonly Token[]; readonly candidates: Statement["candidates"] };

/** Finds the templates that a line has the shape of; `shift` is where the text begins in its line. */
function readStatement(text: string, shift: number): Read {
  const { tokens: unplaced, strayAt } = tokenize(text);
  const tokens = unplaced.map((token) => ({ ...token, at: token.at + shift }));
  if (strayAt !== undefined) {
    const character = String.fromCodePoint(text.codePointAt(strayAt) ?? 0);
    const why = `unexpected character ${JSON.stringify(character)}`;
    return { kind: "mistake", mistake: { row: abiDiagnostics.syntax, why, at: strayAt + shift, length: 1 } };
  }
  if (tokens.length === 0) return { kind: "nothing" };
  let candidates = TEMPLATES;
  for (const [index, token] of tokens.entries()) {
    const next = candidates.filter(({ pieces }) => fits(pieces[index], token));
    if (next.length === 0) return { kind: "mistake", mistake: unexpected(candidates, index, token) };
    candidates = next;
  }
  const [first, ...more] = candidates.filter(({ pieces }) => pieces.length === tokens.length);
  if (first !== undefined) return { kind: "statement", tokens, candidates: [first, ...more] };
  const last = tokens[tokens.length - 1];
  const at = last === undefined ? shift : last.at + last.text.length;
  const mistake = { row: abiDiagnostics.syntax, why: "the instruction is not complete", at, length: 1 };
  return { kind: "mistake", mistake: { ...mistake, notes: expectation(candidates, tokens.length) } };
}

function fits(piece: Piece | undefined, token: Token): boolean {
  if (piece === undefined) return false;
  return piece.kind === "text" ? piece.text === token.text : operandReaders[piece.operand].accepts(token);
}

function unexpected(candidates: readonly Template[], index: number, token: Token): Mistake {
  const place = { at: token.at, length: token.text.length };
  return {
    row: abiDiagnostics.syntax,
    why: `unexpected ${token.text}`,
    ...place,
    notes: expectation(candidates, index),
  };
}

const MAX_EXPECTED = 12;

function expectation(candidates: readonly Template[], index: number): readonly string[] {
  const names = candidates.map(({ pieces }) => {
    const piece = pieces[index];
    if (piece === undefined) return "the end of the line";
    return piece.kind === "text" ? piece.text : operandReaders[piece.operand].label;
  });
  const distinct = [...new Set(names)];
  const more = distinct.length > MAX_EXPECTED ? ", …" : "";
  return distinct.length === 0 ? [] : [`expected ${distinct.slice(0, MAX_EXPECTED).join(", ")}${more}`];
}

type Built = { readonly kind: "insn"; readonly insn: Insn } | { readonly kind: "mistake"; readonly mistake: Mistake };

/** The first candidate whose operands can be read; when there is none, what is wrong with the first. */
function build(statement: Statement, context: OperandContext): Built {
  const [first, ...others] = statement.candidates;
  const built = buildAs(first, statement.tokens, context);
  if (built.kind === "insn") return built;
  for (const other of others) {
    const next = buildAs(other, statement.tokens, context);
    if (next.kind === "insn") return next;
  }
  return built;
}

function buildAs({ form, pieces }: Template, tokens: readonly Token[], context: OperandContext): Built {
  let operands: InsnOperands = {};
  for (const [index, piece] of pieces.entries()) {
    const token = tokens[index];
    if (piece.kind === "text" || token === undefined) continue;
    const place = { at: token.at, length: token.text.length };
    const value = operandReaders[piece.operand].read(token, context);
    if (value.kind === "problem") return { kind: "mistake", mistake: { row: value.row, why: value.why, ...place } };
    const clash = differs(operands, value.fields);
    if (clash)
      return {
        kind: "mistake",
        mistake: { row: abiDiagnostics.syntax, why: `${token.text} must repeat the register before`, ...place },
      };
    operands = { ...operands, ...value.fields };
  }
  return { kind: "insn", insn: instruction(form.name, operands) };
}

/** Some templates show a register twice; both must be the same. */
function differs(before: InsnOperands, now: InsnOperands): boolean {
  return (["dst", "src"] as const).some(
    (field) => before[field] !== undefined && now[field] !== undefined && before[field] !== now[field],
  );
}
