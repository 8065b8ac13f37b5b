// Runs a command and prints what came of it: with --json one document, checked against its schema before it is printed;
// else text on standard output and diagnostics on standard error. Nothing that a command throws leaves this file.
import { type Diagnostic, DiagnosticError, displayText, renderDiagnostic, wantsColor } from "@typebpf/abi";
import type { Body, Command, Outcome, Terminal } from "./command.ts";
import { cliDiagnostic, diagnosticsOf } from "./diagnostics.ts";
import { type ExitStatus, exitStatusOf } from "./exit-status.ts";
import { type Filter, sourceLookup } from "./input/filter.ts";
import { diagnosticDocuments } from "./json/diagnostic.ts";
import { counted, stylesFor } from "./output/style.ts";
import type { Streams } from "./streams.ts";

/** How a command was called. */
export interface Call {
  readonly json: boolean;
  readonly kernel: boolean;
  /** Filters named on the command line. */
  readonly files: readonly string[];
}

/** Least time between two reports of progress. */
const progressMs = 100;

/** Diagnostics that are printed for people. */
const longestReport = 50;

/** Size of a terminal that does not tell. */
const usualRows = 24;
const usualColumns = 100;

/** True where maintainers asked to see where internal errors come from. */
export function wantsStack({ env }: Streams): boolean {
  return env.TYPEBPF_DEBUG !== undefined && env.TYPEBPF_DEBUG !== "" && env.TYPEBPF_DEBUG !== "0";
}

function terminalOf(streams: Streams, { json, files }: Call): Terminal {
  const { stdout, stderr, env } = streams;
  const capable = env.TERM !== "dumb" && !json;
  let shownAt: number | undefined;
  return {
    json,
    liveRows: stdout.isTTY && capable ? (stdout.rows ?? usualRows) : 0,
    width: stdout.columns ?? usualColumns,
    styles: stylesFor(wantsColor(stdout, env)),
    print: (text) => {
      if (!json) stdout.write(text);
    },
    report: (diagnostics, filters) => {
      if (!json) printDiagnostics(diagnostics, streams, files, filters);
    },
    progress: (text) => {
      const now = performance.now();
      const due = text === "" ? shownAt !== undefined : now - (shownAt ?? 0) >= progressMs;
      if (!stderr.isTTY || !capable || !due) return;
      stderr.write(`\r\u001b[K${text}`);
      shownAt = text === "" ? undefined : now;
    },
  };
}

/** "2 errors and 1 warning in firewall.bpf.ts" */
function summary(diagnostics: readonly Diagnostic[], files: readonly string[]): string {
  const count = (severity: Diagnostic["severity"]): number =>
    diagnostics.filter((one) => one.severity === severity).length;
  const parts = (["error", "warning"] as const).flatMap((severity) =>
    count(severity) > 0 ? [counted(count(severity), severity)] : [],
  );
  // What has no place in a source is a fault of something else: a capture, an option, the machine.
  const [file] = diagnostics.some(({ at }) => at) ? files : [];
  const where = file === undefined ? "" : files.length > 1 ? ` in ${files.length} files` : ` in ${displayText(file)}`;
  return parts.length === 0 ? "" : `${parts.join(" and ")}${where}\n`;
}

/** What people can read: the first ones, errors before all else. */
function mostShown(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length <= longestReport) return diagnostics;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return [...errors, ...diagnostics.filter(({ severity }) => severity !== "error")].slice(0, longestReport);
}

/** Prints diagnostics for people, on standard error. */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  { stderr, env }: Streams,
  files: readonly string[] = [],
  filters: readonly Filter[] = [],
): void {
  if (diagnostics.length === 0) return;
  const source = sourceLookup(filters, files);
  const options = { source, color: wantsColor(stderr, env), width: stderr.columns };
  const shown = mostShown(diagnostics);
  for (const one of shown) stderr.write(`${renderDiagnostic(one, options)}\n\n`);
  const more = diagnostics.length - shown.length;
  if (more > 0) stderr.write(`${counted(more, "more diagnostic")} with --json\n\n`);
  stderr.write(summary(diagnostics, files));
}

/** Prints a document that satisfies its schema. @throws Error on one that does not: a mistake of ours. */
function printDocument<Document>(
  command: Command<never, Document>,
  body: Body<Document>,
  diagnostics: readonly Diagnostic[],
  streams: Streams,
): void {
  const document = { ...body, diagnostics: diagnosticDocuments(diagnostics) };
  let text: string;
  try {
    text = `${JSON.stringify(command.schema.parse(document), null, 2)}\n`;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DiagnosticError([cliDiagnostic("tooLarge", { message: "the document is too large to be printed" })]);
  }
  streams.stdout.write(text);
}

function print<Document>(
  command: Command<never, Document>,
  outcome: Outcome<Document>,
  call: Call,
  streams: Streams,
): void {
  if (call.json) printDocument(command, outcome.body, outcome.diagnostics, streams);
  else {
    streams.stdout.write(outcome.text);
    printDiagnostics(outcome.diagnostics, streams, call.files, outcome.filters);
  }
}

/** Runs a command to its end and prints its outcome, whatever happens. */
export async function execute<Arguments, Document>(
  command: Command<Arguments, Document>,
  args: Arguments,
  call: Call,
  streams: Streams,
): Promise<ExitStatus> {
  const terminal = terminalOf(streams, call);
  try {
    const outcome = await command.run(args, terminal);
    terminal.progress("");
    print(command, outcome, call, streams);
    return exitStatusOf(outcome.diagnostics);
  } catch (error) {
    terminal.progress("");
    return reportFailure(command, diagnosticsOf(error, wantsStack(streams)), call, streams);
  }
}

/** Prints diagnostics where a command came to nothing else. */
export function reportFailure<Document>(
  command: Command<never, Document>,
  diagnostics: readonly Diagnostic[],
  call: Call,
  streams: Streams,
): ExitStatus {
  const outcome: Outcome<Document> = { body: command.empty(call.kernel), text: "", diagnostics, filters: [] };
  print(command, outcome, call, streams);
  return exitStatusOf(diagnostics);
}
