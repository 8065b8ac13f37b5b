// One call of the command, from its arguments to its exit status. Whatever happens, the user sees diagnostics (or, with
// --json, a document with them), never a stack.
import { readFileSync } from "node:fs";
import type { Diagnostic } from "@typebpf/abi";
import { type Command, CommanderError } from "commander";
import type { Command as Implementation } from "./command.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import { execute, printDiagnostics, reportFailure, wantsStack } from "./execute.ts";
import { type ExitStatus, exitStatusOf } from "./exit-status.ts";
import { createProgram, declarations } from "./program.ts";
import type { Streams } from "./streams.ts";

async function usageCommand(): Promise<Implementation<never, unknown>> {
  const { usageDocument } = await import("./json/documents.ts");
  return { schema: usageDocument, empty: () => ({}), run: () => Promise.reject(new Error("cli: nothing to run")) };
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "";
}

/** Lets commander print on our streams, and throw instead of ending the process. */
function prepare(command: Command, { stdout, stderr }: Streams): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    outputError: () => undefined,
    getOutHelpWidth: () => stdout.columns ?? 100,
    getErrHelpWidth: () => stderr.columns ?? 100,
  });
  for (const one of command.commands) prepare(one, { stdout, stderr, env: {} });
}

/** Reports what went wrong before a command ran. */
async function report(
  diagnostics: readonly Diagnostic[],
  args: readonly string[],
  streams: Streams,
): Promise<ExitStatus> {
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  if (!options.includes("--json")) {
    printDiagnostics(diagnostics, streams);
    return exitStatusOf(diagnostics);
  }
  const name = calledCommand(options);
  const command = await (declarations.find((one) => one.name === name)?.load ?? usageCommand)();
  return reportFailure(command, diagnostics, { json: true, kernel: options.includes("--kernel"), files: [] }, streams);
}

function calledCommand(args: readonly string[]): string | undefined {
  const first = args.find((one) => !one.startsWith("-"));
  return declarations.some(({ name }) => name === first) ? first : undefined;
}

async function usageFailure(error: CommanderError, args: readonly string[], streams: Streams): Promise<ExitStatus> {
  // Help was asked for and printed; or nothing was asked for at all, then it went to standard error.
  if (error.exitCode === 0) return 0;
  if (error.code === "commander.help") return 2;
  const { usageDiagnostic } = await import("./usage.ts");
  return report([usageDiagnostic(error, calledCommand(args))], args, streams);
}

/** Runs the command line `args`, without interpreter and script. */
export async function main(args: readonly string[], streams: Streams): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  try {
    const program = createProgram(version(), async (load, given, call) => {
      status = await execute(await load(), given, call, streams);
    });
    prepare(program, streams);
    await program.parseAsync([...args], { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return usageFailure(error, args, streams);
    return report(diagnosticsOf(error, wantsStack(streams)), args, streams);
  }
}
