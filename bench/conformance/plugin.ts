// A plugin of the bpf_conformance suite: its runner starts this once for each case. Memory in hex is the first
// argument, the program in hex comes on standard input (or after `--program`); r0 in hex goes to standard output.
// White space between the digits is allowed. Exit status 1 and a line on standard error where the program is refused or faults.
import { readFileSync } from "node:fs";
import { DiagnosticError } from "@typebpf/abi";
import { fromHex } from "@typebpf/loader";
import { runRaw } from "@typebpf/loader/simulator";
import { suiteHelpers } from "./helpers.ts";

interface Arguments {
  readonly memory: string;
  readonly program: string | undefined;
}

/** Options that runners pass on and that mean nothing here are empty or left out. */
function parse(args: readonly string[]): Arguments {
  const rest = args.filter((one) => one !== "" && one !== "--debug");
  const at = rest.indexOf("--program");
  const program = at < 0 ? undefined : rest[at + 1];
  const others = at < 0 ? rest : [...rest.slice(0, at), ...rest.slice(at + 2)];
  const unknown = others.find((one, index) => index > 0 || one.startsWith("--"));
  if (unknown !== undefined) throw new Error(`unknown argument ${unknown}`);
  return { memory: others[0] ?? "", program };
}

function main(): number {
  const { memory, program } = parse(process.argv.slice(2));
  const bytes = fromHex(program ?? readFileSync(0, "utf8"), "program");
  const { r0 } = runRaw({ program: bytes, memory: fromHex(memory, "memory"), helpers: suiteHelpers });
  process.stdout.write(`${r0.toString(16)}\n`);
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  const lines =
    error instanceof DiagnosticError ? error.diagnostics.map((one) => `${one.code}: ${one.message}`) : [String(error)];
  process.stderr.write(`${lines.join("\n")}\n`);
  process.exitCode = 1;
}
