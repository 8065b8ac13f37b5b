// The process: streams, the exit status, a reader that goes away, and errors that nothing else caught.
import { main } from "./cli.ts";
import { cliDiagnostic, diagnosticsOf } from "./diagnostics.ts";
import { printDiagnostics, wantsStack } from "./execute.ts";
import { fileReason } from "./input/files.ts";
import type { Output, Streams } from "./streams.ts";

function outputOf(stream: NodeJS.WriteStream): Output {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A closed pipe (`typebpf … | head`) is no error: there is nobody left to tell.
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
    if (stream !== process.stderr) {
      const message = `cannot write to standard output: ${fileReason(error)}`;
      printDiagnostics([cliDiagnostic("unwritable", { message })], streams);
    }
    process.exit(2);
  });
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
  };
}

const streams: Streams = { stdout: outputOf(process.stdout), stderr: outputOf(process.stderr), env: process.env };

process.on("uncaughtException", (error) => {
  printDiagnostics(diagnosticsOf(error, wantsStack(streams)), streams);
  process.exit(2);
});

process.exitCode = await main(process.argv.slice(2), streams);
