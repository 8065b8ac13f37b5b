// What commander finds wrong with a command line, as diagnostics. Takes its code and message; the suggestion that it
// makes becomes the help.
import type { Diagnostic } from "@typebpf/abi";
import type { CommanderError } from "commander";
import { type CliDiagnosticName, cliDiagnostic } from "./diagnostics.ts";

const rows: Readonly<Record<string, CliDiagnosticName>> = {
  "commander.unknownCommand": "unknownCommand",
  "commander.unknownOption": "unknownOption",
  "commander.missingArgument": "arguments",
  "commander.excessArguments": "arguments",
  "commander.missingMandatoryOptionValue": "arguments",
  "commander.optionMissingArgument": "optionValue",
  "commander.invalidArgument": "optionValue",
  "commander.conflictingOption": "conflict",
};

/** The diagnostic of a usage error; `command` is the one that was called, if any. */
export function usageDiagnostic(error: CommanderError, command: string | undefined): Diagnostic {
  const [, message = "", suggestion] = /^(?:error: )?(.*?)(?:\n?\(Did you mean (.*)\?\))?$/s.exec(error.message) ?? [];
  const name = rows[error.code] ?? "arguments";
  const help =
    command === undefined ? "typebpf --help lists the commands" : `typebpf ${command} --help shows how to call it`;
  return cliDiagnostic(name, {
    message,
    help: suggestion === undefined ? help : `did you mean ${suggestion}? ${help}`,
  });
}
