// The command line as commander knows it. Commands are loaded when they are called, so that `--help` loads no compiler
// and a simulated run no native code. A new command is a declaration and a line here.
import { Command } from "commander";
import { attachDeclaration } from "./syntax/attach.ts";
import { buildDeclaration } from "./syntax/build.ts";
import { checkDeclaration } from "./syntax/check.ts";
import { completionDeclaration } from "./syntax/completion.ts";
import type { Declaration, Execute } from "./syntax/declaration.ts";
import { disasmDeclaration } from "./syntax/disasm.ts";
import { explainDeclaration } from "./syntax/explain.ts";
import { linksDeclaration, mapsDeclaration, programsDeclaration } from "./syntax/objects.ts";
import { runDeclaration } from "./syntax/run.ts";
import { testDeclaration } from "./syntax/test.ts";

/** Every command, in the order of the help. */
export const declarations: readonly Declaration[] = [
  checkDeclaration,
  buildDeclaration,
  runDeclaration,
  testDeclaration,
  attachDeclaration,
  programsDeclaration,
  mapsDeclaration,
  linksDeclaration,
  disasmDeclaration,
  explainDeclaration,
  completionDeclaration,
];

/** The whole command line; `execute` is called for the command that it names. */
export function createProgram(version: string, execute: Execute): Command {
  const program = new Command("typebpf")
    .description("TypeScript to eBPF: check, build, simulate, test and attach filters")
    .version(version, "-V, --version")
    .addHelpText(
      "after",
      "\nExample: typebpf run firewall.bpf.ts --pcap capture.pcap\n\ntypebpf COMMAND --help shows more.",
    );
  for (const { add } of declarations) add(program, execute);
  return program;
}
