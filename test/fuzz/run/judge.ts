// One random module in four ways: JavaScript, the IR interpreter after each pass, the simulator and the kernel at each
// level. Takes source and runs; gives what came of it. A disagreement, a crash and a refusal are values, not exceptions.
import { type BpfObject, type Diagnostic, DiagnosticError } from "@typebpf/abi";
import { kernel, simulator } from "@typebpf/loader";
import { type Compiled, prepareFile } from "../../../packages/codegen/src/compile.ts";
import type { IrFunction } from "../../../packages/codegen/src/ir/function.ts";
import type { CaseRun } from "../../harness/case-file.ts";
import { javaScriptOutcomes } from "../../harness/javascript-run.ts";
import { backendExecutor, type Executor, irExecutor, type Outcome } from "../../harness/outcome.ts";

export interface Subject {
  /** Absolute; the file need not exist. */
  readonly path: string;
  readonly source: string;
  /** Bigints are i64. */
  readonly signed: boolean;
  readonly runs: readonly CaseRun[];
  /** What JavaScript runs, where that is another source. */
  readonly javaScript?: string;
}

export type Verdict =
  | { readonly kind: "agree" }
  /** The compiler has diagnostics. */
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  /** Something threw: a stage of the compiler, or the kernel that does not accept the program. */
  | { readonly kind: "crash"; readonly way: string; readonly message: string }
  | { readonly kind: "differs"; readonly way: string; readonly run: CaseRun; readonly message: string };

/** Which of the ways. */
export interface Ways {
  readonly kernel: boolean;
  /** The interpreter after each pass, on the first runs of each program; without, after the last one. */
  readonly passes: boolean;
  /** With so few registers too, at -O2. */
  readonly registers?: number;
}

const levels = [0, 1, 2] as const;
const runsOfPass = 3;
const tooLong = /BPF program is too large|sequence of \d+ jumps is too complex/;
/** The stack does not hold what has no register. */
const stackCodes: ReadonlySet<string> = new Set(["BPF3002", "BPF3010"]);

/** A way to run that found something. */
class Found extends Error {
  readonly verdict: Verdict;
  constructor(verdict: Verdict) {
    super(verdict.kind);
    this.verdict = verdict;
  }
}

async function attempt<T>(way: string, make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof Found) throw error;
    const all = error instanceof DiagnosticError ? error.diagnostics.map(textOf).join("\n") : String(error);
    // The verifier follows paths one by one; how many there are is not for a rule of the language to say.
    if (tooLong.test(all)) throw new Found({ kind: "refused", code: "too many paths for the kernel", message: all });
    throw new Found({ kind: "crash", way, message: all });
  }
}

function textOf({ code, message, notes = [] }: Diagnostic): string {
  return [`${code}: ${message}`, ...notes].join("\n");
}

/** Verdict, packet and maps as text, to compare. */
function seen({ retval, packet, maps }: Outcome): string {
  const ordered = Object.entries(maps).sort(([a], [b]) => (a < b ? -1 : 1));
  return `verdict ${retval}\npacket ${packet}\nmaps ${JSON.stringify(ordered)}`;
}

function compare(way: string, executor: Executor, runs: readonly CaseRun[], expected: readonly string[]): void {
  runs.forEach((run, index) => {
    let actual: string;
    try {
      actual = seen(executor.run(run));
    } catch (error) {
      throw new Found({ kind: "differs", way, run, message: String(error) });
    }
    if (actual === expected[index]) return;
    throw new Found({ kind: "differs", way, run, message: `${actual}\nbut JavaScript gives\n${expected[index]}` });
  });
}

interface Step {
  readonly way: string;
  readonly fn: IrFunction;
}

/** The functions after each pass that changed something. */
function watcher(level: number, steps: Step[]): (fn: IrFunction, pass: string | undefined) => void {
  const last = new Map<string, IrFunction>();
  return (fn, pass) => {
    if (last.get(fn.name) !== fn) steps.push({ way: `-O${level}, IR after ${pass ?? "lowering"}`, fn });
    last.set(fn.name, fn);
  };
}

async function judgeLevel(
  subject: Subject,
  finish: (onPass: (fn: IrFunction, pass: string | undefined) => void) => Compiled,
  level: 0 | 1 | 2,
  expected: readonly string[],
  ways: Ways,
): Promise<void> {
  const { runs } = subject;
  const steps: Step[] = [];
  const compiled = await attempt(`-O${level}, compiler`, () => finish(watcher(level, steps)));
  const { object, ir, diagnostics } = compiled;
  if (!object || !ir) {
    const [first] = diagnostics.filter(({ severity }) => severity === "error");
    throw new Found({ kind: "refused", code: first?.code ?? "none", message: `-O${level}: ${first?.message}` });
  }
  if (ways.passes) {
    for (const { way, fn } of steps) {
      const functions = ir.functions.map((one) => (one.name === fn.name ? fn : one));
      using executor = irExecutor({ ...ir, functions }, object);
      const few = runs.filter(({ program }) => program === fn.name).slice(0, runsOfPass);
      compare(
        way,
        executor,
        few,
        few.map((run) => expected[runs.indexOf(run)] ?? ""),
      );
    }
  }
  using interpreted = irExecutor(ir, object);
  compare(`-O${level}, IR`, interpreted, runs, expected);
  using simulated = await attempt(`-O${level}, simulator`, () => backendExecutor(object, simulator()));
  compare(`-O${level}, simulator`, simulated, runs, expected);
  if (!ways.kernel) return;
  using loaded = await attempt(`-O${level}, kernel`, () => backendExecutor(object, kernel()));
  compare(`-O${level}, kernel`, loaded, runs, expected);
}

/** Spilling of everything: the code is the same but for where values are. */
async function judgeRegisters(
  { runs }: Subject,
  finish: () => Compiled,
  registers: number,
  expected: readonly string[],
  ways: Ways,
): Promise<void> {
  const way = `${registers} registers`;
  const { object, diagnostics } = await attempt(`${way}, compiler`, finish);
  if (!object) {
    // More is spilled than the stack holds.
    if (diagnostics.some(({ code }) => stackCodes.has(code))) return;
    throw new Found({ kind: "crash", way, message: diagnostics.map(textOf).join("\n") });
  }
  using simulated = await attempt(`${way}, simulator`, () => backendExecutor(object, simulator()));
  compare(`${way}, simulator`, simulated, runs, expected);
  if (!ways.kernel) return;
  using loaded = await attempt(`${way}, kernel`, () => backendExecutor(object, kernel()));
  compare(`${way}, kernel`, loaded, runs, expected);
}

/** Runs a module in every way. */
export async function judge(subject: Subject, ways: Ways): Promise<Verdict> {
  try {
    const { path, source } = subject;
    const prepared = await attempt("compiler", () => prepareFile(path, { virtualFiles: new Map([[path, source]]) }));
    let expected: readonly string[] | undefined;
    for (const level of levels) {
      const finish = (onPass: (fn: IrFunction, pass: string | undefined) => void): Compiled =>
        prepared.finish({ level, check: true, onPass });
      // JavaScript runs what the compiler accepts, of which it knows that it ends.
      if (!expected) {
        const object = await attempt("-O0, compiler", () => accepted(prepared.finish({ level: 0 })));
        const read = (): string => subject.javaScript ?? source;
        const oracle = { ...subject, object, read };
        expected = (await attempt("JavaScript", () => javaScriptOutcomes(oracle))).map(seen);
      }
      await judgeLevel(subject, finish, level, expected, ways);
    }
    const { registers } = ways;
    if (registers !== undefined && expected) {
      const finish = (): Compiled => prepared.finish({ level: 2, check: true, registers });
      await judgeRegisters(subject, finish, registers, expected, ways);
    }
    return { kind: "agree" };
  } catch (error) {
    if (error instanceof Found) return error.verdict;
    throw error;
  }
}

function accepted({ object, diagnostics }: Compiled): BpfObject {
  if (object) return object;
  const [first] = diagnostics.filter(({ severity }) => severity === "error");
  throw new Found({ kind: "refused", code: first?.code ?? "none", message: first?.message ?? "" });
}
