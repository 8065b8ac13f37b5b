// Structural checks before a program runs, as the kernel does them before it follows paths (check_subprogs and
// check_cfg in kernel/bpf/verifier.c, Linux 6.12). Takes any instructions; ensures that in a program without findings
// every position reached by jump, call or fall-through is an instruction of the same function.
import { abiDiagnostics } from "../diagnostics/catalogue.ts";
import { type Diagnostic, type DiagnosticRow, diagnostic } from "../diagnostics/diagnostic.ts";
import { limits } from "../kernel/limits.ts";
import { endsFlow, type SlotReference, slotReference } from "./control-flow.ts";
import { insnProblem } from "./decode.ts";
import type { InsnForm } from "./form.ts";
import { type Insn, slotCount, slotsOf } from "./insn.ts";
import { formOf } from "./opcodes.ts";

/** What the checks may know beyond the instructions. */
export interface ValidateOptions {
  /** Whether a helper number can be called; without it every number passes. */
  readonly helperExists?: (number: number) => boolean;
}

/** After so many findings the rest of the input is noise. */
const MAX_DIAGNOSTICS = 100;

interface Located {
  readonly insn: Insn;
  readonly form: InsnForm;
  readonly slot: number;
  readonly reference: SlotReference | undefined;
}

/** Findings about the structure of a program, each naming its slot; empty when it may run. */
export function validate(insns: readonly Insn[], options: ValidateOptions = {}): readonly Diagnostic[] {
  const count = slotCount(insns);
  if (count === 0 || count > limits.programInsns) {
    return [diagnostic(abiDiagnostics.badSize, { message: `program has ${count} instruction slots` })];
  }
  const { program, problems } = locate(insns);
  if (problems.length > 0) return problems;
  const starts = functionStarts(program, count);
  const heads = new Set(program.map(({ slot }) => slot));
  const found: Diagnostic[] = [...endlessLoop(program)];
  for (const [index, start] of starts.entries()) {
    const end = starts[index + 1] ?? count;
    for (const one of rangeOf(program, start, end)) {
      if (found.length >= MAX_DIAGNOSTICS) return found;
      found.push(...referenceProblems(one, start, end, count, heads), ...callProblems(one, options));
      if (one.slot + slotsOf(one.insn) >= end && !endsFlow(one.form)) {
        found.push(at(abiDiagnostics.fallsOff, one, "the function ends here without `exit` or `goto`"));
      }
    }
  }
  return found;
}

function at(row: DiagnosticRow, { slot }: Pick<Located, "slot">, what: string): Diagnostic {
  return diagnostic(row, { message: `slot ${slot}: ${what}` });
}

function locate(insns: readonly Insn[]): { program: readonly Located[]; problems: readonly Diagnostic[] } {
  const program: Located[] = [];
  const problems: Diagnostic[] = [];
  let slot = 0;
  for (const insn of insns) {
    const form = formOf(insn);
    if (form !== undefined) program.push({ insn, form, slot, reference: slotReference(form, insn, slot) });
    const problem = insnProblem(insn, slot);
    if (problem !== undefined && problems.length < MAX_DIAGNOSTICS) problems.push(problem);
    slot += slotsOf(insn);
  }
  return { program, problems };
}

/** Slots at which functions begin, in order: 0 and every target of a call or function reference. */
function functionStarts(program: readonly Located[], count: number): readonly number[] {
  const starts = new Set([0]);
  for (const { reference } of program) {
    if (reference?.kind === "function" && reference.slot >= 0 && reference.slot < count) starts.add(reference.slot);
  }
  return [...starts].sort((a, b) => a - b);
}

/** The instructions whose first slot lies in the range; found by bisection, since functions can be many. */
function rangeOf(program: readonly Located[], start: number, end: number): readonly Located[] {
  return program.slice(firstFrom(program, start), firstFrom(program, end));
}

function firstFrom(program: readonly Located[], slot: number): number {
  let low = 0;
  let high = program.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((program[middle]?.slot ?? slot) < slot) low = middle + 1;
    else high = middle;
  }
  return low;
}

function referenceProblems(
  one: Located,
  start: number,
  end: number,
  count: number,
  heads: ReadonlySet<number>,
): readonly Diagnostic[] {
  const { reference } = one;
  if (reference === undefined) return [];
  const verb = reference.kind === "jump" ? "jumps" : "refers";
  const [low, high] = reference.kind === "jump" ? [start, end] : [0, count];
  if (reference.slot < low || reference.slot >= high) {
    return [
      at(abiDiagnostics.jumpOutside, one, `${verb} to slot ${reference.slot}, outside slots ${low} to ${high - 1}`),
    ];
  }
  if (!heads.has(reference.slot)) {
    return [
      at(abiDiagnostics.jumpIntoWide, one, `${verb} to slot ${reference.slot}, the second half of a wide instruction`),
    ];
  }
  return [];
}

function callProblems(one: Located, { helperExists }: ValidateOptions): readonly Diagnostic[] {
  const { action } = one.form;
  const isHelper = action.kind === "call" && action.target === "helper";
  if (!isHelper || helperExists === undefined || helperExists(one.insn.imm)) return [];
  return [at(abiDiagnostics.unknownHelper, one, `there is no helper ${one.insn.imm}`)];
}

/** Follows the program from its start as long as there is only one way to go. */
function endlessLoop(program: readonly Located[]): readonly Diagnostic[] {
  const bySlot = new Map(program.map((one) => [one.slot, one]));
  const seen = new Set<number>();
  let one = program[0];
  while (one !== undefined) {
    if (seen.has(one.slot)) return [at(abiDiagnostics.endlessLoop, one, "execution comes back here for ever")];
    seen.add(one.slot);
    const { kind } = one.form.action;
    if (kind === "branch" || kind === "mayGoto" || kind === "call" || kind === "exit") return [];
    one = bySlot.get(kind === "goto" && one.reference ? one.reference.slot : one.slot + slotsOf(one.insn));
  }
  return [];
}
