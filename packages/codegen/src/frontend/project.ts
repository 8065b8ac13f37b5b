// The front end's entry point: a path to a filter module, and everything it imports, becomes a TypedModule. Findings are
// collected; nothing is thrown at the author, and without a finding of severity error there is a module.
import { type Diagnostic, diagnostic, hasErrors, type Target } from "@typebpf/abi";
import { ts } from "ts-morph";
import type { TypedModule } from "../ast/nodes.ts";
import { frontendDiagnostics } from "../diagnostics.ts";
import { checkTopLevel, collect } from "./collect.ts";
import { createEvaluator } from "./constants/evaluate.ts";
import { convertCollected } from "./convert/module.ts";
import { reportUnknownEvents } from "./events.ts";
import { collectGlobals } from "./globals.ts";
import { compilerOptions, createHost } from "./host.ts";
import { createReporter, type Reporter } from "./reporter.ts";
import { createSession, type Session } from "./session.ts";
import { type Input, openSourceFiles, type SourceFiles } from "./source-files.ts";
import { createSpans } from "./spans.ts";
import { findRefusals, type Refusal, reportRefusals, reportSuppressions } from "./subset.ts";
import { createSymbols } from "./symbols.ts";
import { fromTypeScript } from "./typescript-diagnostics.ts";
import { type Knowledge, knowledgeOf } from "./typescript-knowledge.ts";

/** What a conversion needs beyond the path. */
export interface ConvertOptions {
  readonly target: Target;
  /** Source texts by path, which take precedence over the file system. */
  readonly virtualFiles?: ReadonlyMap<string, string>;
  /** What earlier compilations have left. */
  readonly session?: Session;
}

/** A module, unless a diagnostic is an error. */
export interface ConvertResult {
  readonly module?: TypedModule;
  readonly diagnostics: readonly Diagnostic[];
  /** What was looked for, and what was found there: the result depends on it. */
  readonly inputs: readonly Input[];
}

/** Reads, checks and converts the module at `path`. */
export function convertModule(path: string, options: ConvertOptions): ConvertResult {
  const files = safely(() => openSourceFiles(path, options.virtualFiles));
  if ("failure" in files) return { diagnostics: [files.failure], inputs: [] };
  const found = safely(() => convert(files, options));
  return { ...("failure" in found ? { diagnostics: [found.failure] } : found), inputs: files.inputs() };
}

type Converted = Omit<ConvertResult, "inputs">;

/** What is thrown here is a bug of our own, and becomes a diagnostic. */
function safely<T extends object>(run: () => T): T | { readonly failure: Diagnostic } {
  try {
    return run();
  } catch (error) {
    return { failure: internal(error) };
  }
}

function internal(error: unknown): Diagnostic {
  if (error instanceof RangeError && /call stack/i.test(error.message)) return diagnostic(frontendDiagnostics.tooDeep);
  const message = error instanceof Error ? error.message : String(error);
  return diagnostic(frontendDiagnostics.internal, {
    message: message.startsWith("frontend: ") ? message : `frontend: ${message}`,
    notes:
      error instanceof Error && error.stack
        ? error.stack
            .split("\n")
            .slice(1, 6)
            .map((line) => line.trim())
        : [],
  });
}

function convert(files: SourceFiles, { target, session = createSession() }: ConvertOptions): Converted {
  const early = entryProblem(files);
  if (early) return { diagnostics: [early] };
  const { host, declarations, problems, imports, isComplete } = createHost(files, session);
  const first = ts.createProgram([files.entry], compilerOptions, host);
  const program = isComplete() ? first : ts.createProgram([files.entry], compilerOptions, host);
  if (problems.length > 0) return { diagnostics: problems };
  const reporter = createReporter(createSpans(files.shown));
  const entry = program.getSourceFile(files.entry);
  if (!entry) throw new Error("frontend: the entry module is missing from the program");
  const imported = program.getSourceFiles().filter((file) => !file.isDeclarationFile && file !== entry);
  const modules = [entry, ...imported];
  checkModules(program, modules, reporter, {
    check: (file) => session.check(program, file, imports),
    knowledge: () => knowledgeOf(program, declarations),
  });
  if (hasErrors(reporter.all())) return { diagnostics: reporter.all() };

  const symbols = createSymbols(program, declarations);
  const evaluator = createEvaluator(symbols, reporter);
  const globals = collectGlobals(modules, { symbols, evaluator, reporter });
  for (const file of modules) checkTopLevel(file, { symbols, evaluator, globals, reporter });
  const collected = collect(entry, symbols, evaluator, reporter);
  const converted = convertCollected(collected, modules, { symbols, evaluator, globals, reporter });
  const diagnostics = reporter.all();
  if (hasErrors(diagnostics)) return { diagnostics };
  const sources = modules.map((file) => ({ file: files.shown(file.fileName), text: file.text }));
  const { sections } = globals;
  return { module: { ...converted, sections, license: collected.license, target, sources }, diagnostics };
}

function entryProblem(files: SourceFiles): Diagnostic | undefined {
  const { unreadable } = frontendDiagnostics;
  const text = files.read(files.entry);
  if (typeof text !== "string") return text;
  if (/\.ts$/.test(files.entry) && !/\.d\.ts$/.test(files.entry)) return undefined;
  return diagnostic(unreadable, { message: `${files.shown(files.entry)} is not a TypeScript module` });
}

/** Syntax, then constructs that the language does not have, then types. */
function checkModules(
  program: ts.Program,
  modules: readonly ts.SourceFile[],
  reporter: Reporter,
  { check, knowledge }: { check(file: ts.SourceFile): readonly ts.Diagnostic[]; knowledge(): Knowledge },
): void {
  const { spans } = reporter;
  for (const file of modules) {
    for (const one of program.getSyntacticDiagnostics(file)) reporter.add(fromTypeScript(one, spans));
  }
  if (hasErrors(reporter.all())) return;
  for (const file of modules) {
    const refusals = findRefusals(file);
    reportRefusals(refusals, reporter);
    reportSuppressions(file, reporter);
    const findings = check(file);
    const covered = [...refusals, ...reportUnknownEvents(file, findings, reporter)];
    for (const one of findings) {
      // Without a place are the checker's complaints about a library type that it looked for in vain.
      if (one.file && !isCovered(one, covered)) reporter.add(fromTypeScript(one, spans, knowledge()));
    }
  }
}

/** True where a finding overlaps something that was refused already. */
function isCovered({ start = 0, length = 0 }: ts.Diagnostic, refusals: readonly Refusal[]): boolean {
  return refusals.some(({ covers }) => start < covers.end && start + length > covers.getStart());
}
