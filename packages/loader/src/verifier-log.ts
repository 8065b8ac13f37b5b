// Reads the log of the kernel's verifier (log level 1 and above, Linux 5.4 to 6.18; print_verifier_state and verbose()
// in kernel/bpf) and tells it as a diagnostic on the line of the source. Pure: text in, data out, any platform. Lines
// that it does not know are kept as the reason when they stand where a reason stands, never dropped silently.
import { type Diagnostic, diagnostic, type ProgramSpec, type Span } from "@typebpf/abi";
import { kernelDiagnostics } from "./kernel/diagnostics.ts";
import { verifierReasons } from "./verifier-reasons.ts";
import { describeRegister, enterRegisters } from "./verifier-registers.ts";

/** What a log says about why a program was rejected. */
export interface VerifierRejection {
  /** The complaint, line by line; empty when the log has none. */
  readonly reason: readonly string[];
  /** Index of the refused instruction in 8-byte slots, where the log tells. */
  readonly slot?: number;
  /** The refused instruction as the kernel prints it. */
  readonly instruction?: string;
  /** What the verifier knows of each register there, in its own notation: `r1` → `pkt(r=14)`. */
  readonly registers: ReadonlyMap<string, string>;
  /** Slots that the verifier followed up to there, on the refused path. */
  readonly path: readonly number[];
  /** Instructions that the verifier followed on all paths together. */
  readonly processed?: number;
}

const instructionLine = /^(\d+): \(([0-9a-f]{2})\) ([^;]*?)\s*(?:;\s*(.*))?$/u;
const stateLine = /^(?:from (\d+) to )?(\d+)(?: \(speculative execution\))?: (?:frame\d+: )?(R\d+.*|safe)$/u;
const processedLine = /^processed (\d+) insns/u;
const noise =
  /^(?:$|;|func#|arg#|last_idx|first_idx|regs=|parent |mark_precise|propagating|verification time|stack depth|insns processed|total_states|caller:|callee:|returning from callee|to caller|frame\d+:|\s+R\d+|Validating |live regs|Live regs|max_states_per_insn|peak_states|mark_read|BEGIN|END)/u;
const namedSlot =
  /(?:unreachable insn|back-edge from insn|jump out of range from insn|at insn|invalid at insn|insn) (\d+)/u;

/** Characters of the log's end that are read: the refused path lies there. */
const readAtMost = 1 << 20;

function logLines(log: string): readonly string[] {
  const end = log.indexOf("\0");
  const whole = end < 0 ? log : log.slice(0, end);
  return whole.slice(-readAtMost).split("\n");
}

/** What has been read so far. */
class LogReader {
  reason: string[] = [];
  path: number[] = [];
  instruction: string | undefined;
  slot: number | undefined;
  processed: number | undefined;
  registers = new Map<string, string>();

  line(line: string): void {
    const insn = instructionLine.exec(line);
    const state = insn ? null : stateLine.exec(line);
    const count = processedLine.exec(line);
    if (insn) this.#enterInstruction(Number(insn[1]), insn[3] ?? "", insn[4] ?? "");
    else if (state) this.#enterState(state[1], state[3] ?? "");
    else if (count) this.processed = Number(count[1]);
    else if (!noise.test(line)) this.reason.push(line.trim());
  }

  #enterInstruction(slot: number, instruction: string, state: string): void {
    this.slot = slot;
    this.instruction = instruction.trim();
    this.path.push(slot);
    this.reason = [];
    enterRegisters(this.registers, state);
  }

  /** A whole state follows `from A to B`: another path is taken up after A. */
  #enterState(from: string | undefined, state: string): void {
    if (from !== undefined) {
      this.path = this.path.slice(0, this.path.lastIndexOf(Number(from)) + 1);
      this.registers = new Map();
    }
    enterRegisters(this.registers, state);
    this.reason = [];
  }

  /** The complaint may name another instruction than the last one. */
  takeSlotFromReason(): void {
    const named = namedSlot.exec(this.reason.filter((line) => !line.startsWith("BPF program is too large")).join("\n"));
    if (!named || Number(named[1]) === this.slot) return;
    this.slot = Number(named[1]);
    this.instruction = undefined;
  }

  /** The complaint knows better than the last printed state: a helper call invalidates without printing. */
  takeRegisterFromReason(): void {
    const [, number, kind] = /^R(\d+) invalid mem access '(\w+)'/u.exec(this.reason[0] ?? "") ?? [];
    if (number === undefined || kind === undefined) return;
    if (!this.registers.get(`r${number}`)?.startsWith(kind)) this.registers.set(`r${number}`, kind);
  }
}

/** Takes a log apart. */
export function parseVerifierLog(log: string): VerifierRejection {
  const reader = new LogReader();
  for (const line of logLines(log)) reader.line(line);
  reader.takeSlotFromReason();
  reader.takeRegisterFromReason();
  const { reason, registers, path, slot, instruction, processed } = reader;
  return {
    reason,
    ...(slot !== undefined && { slot }),
    ...(instruction !== undefined && { instruction }),
    registers,
    path,
    ...(processed !== undefined && { processed }),
  };
}

/** The source position of a slot. */
export function spanAt(program: ProgramSpec, slot: number): Span | undefined {
  return program.lines.findLast((entry) => entry.slot <= slot)?.at;
}

/** Registers that the complaint or the refused instruction names: those worth telling about. */
function concernedRegisters(rejection: VerifierRejection): readonly string[] {
  const text = `${rejection.reason.join(" ")} ${rejection.instruction ?? ""}`;
  return [...new Set([...text.matchAll(/\b[rRw](\d+)\b/gu)].map((match) => `r${match[1]}`))];
}

/** The lines of the path, each once where it repeats in a row, the last ones only. */
function pathNote(program: ProgramSpec, path: readonly number[]): string | undefined {
  const lines: string[] = [];
  for (const slot of path) {
    const span = spanAt(program, slot);
    if (span && lines.at(-1) !== String(span.line)) lines.push(String(span.line));
  }
  if (lines.length < 2) return undefined;
  const shown = lines.slice(-8);
  return `the refused path goes through line ${lines.length > shown.length ? "… → " : ""}${shown.join(" → ")}`;
}

/** Tells a rejection on the line of the source. `log` may be empty. */
export function explainRejection(program: ProgramSpec, log: string): Diagnostic {
  const rejection = parseVerifierLog(log);
  const [first = "no reason given", ...more] = rejection.reason;
  const at = rejection.slot === undefined ? program.at : (spanAt(program, rejection.slot) ?? program.at);
  const help = verifierReasons.find((row) => rejection.reason.some((line) => row.pattern.test(line)))?.help;
  const notes = more.map((line) => `the verifier adds: ${line}`);
  if (rejection.slot !== undefined) {
    notes.push(`at instruction ${rejection.slot}${rejection.instruction ? `: ${rejection.instruction}` : ""}`);
  }
  for (const name of concernedRegisters(rejection)) {
    const value = rejection.registers.get(name);
    if (value !== undefined) notes.push(`${name} ${describeRegister(value)}`);
  }
  const path = pathNote(program, rejection.path);
  if (path) notes.push(path);
  if (rejection.processed !== undefined) notes.push(`the verifier followed ${rejection.processed} instructions`);
  return diagnostic(kernelDiagnostics.rejected, {
    message: `the kernel's verifier rejects "${program.name}": ${first}`,
    ...(at && { at }),
    notes,
    ...(help !== undefined && { help }),
  });
}
