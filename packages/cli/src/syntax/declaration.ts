// What all declarations of commands share: the options that each command has, parsers of option values, and the way from
// commander's arguments to the command's own.
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Command as Implementation } from "../command.ts";

/** Finds the implementation of a command. */
export type Loader<Arguments, Document> = () => Promise<Implementation<Arguments, Document>>;

/** Called with what was understood of the command line. */
export type Execute = <Arguments, Document>(
  load: Loader<Arguments, Document>,
  args: Arguments,
  call: { readonly json: boolean; readonly kernel: boolean; readonly files: readonly string[] },
) => Promise<void>;

/** A command as the command line knows it. Implementations are loaded when they are called, and no sooner. */
export interface Declaration {
  readonly name: string;
  /** For the document of a call that was not understood. */
  readonly load: Loader<never, unknown>;
  /** Adds the command to the program. */
  add(program: Command, execute: Execute): void;
}

/** Options that all commands have. */
export interface CommonOptions {
  readonly O?: "0" | "1" | "2";
  readonly targetKernel?: string;
  readonly cache?: boolean;
  readonly json?: boolean;
  readonly kernel?: true;
}

const exitStatuses = "Exit status: 0 fine, 1 the program is at fault, 2 usage or environment.";

/** A command with --json. */
export function plainCommand(program: Command, name: string, summary: string, example: string): Command {
  return program
    .command(name)
    .description(summary)
    .option("--json", "print one JSON document on standard output, and nothing else")
    .addHelpText("after", `\n${example}\n\n${exitStatuses}`);
}

/** A command that compiles, with the compiler's options. */
export function filterCommand(program: Command, name: string, summary: string, example: string): Command {
  return plainCommand(program, name, summary, example)
    .addOption(
      new Option("-O <level>", "optimise: 0 nothing, 1 the cheap passes, 2 all (default)").choices(["0", "1", "2"]),
    )
    .option("--target-kernel <release>", "the oldest kernel that must run the program (default: 6.1)")
    .option("--no-cache", "compile even where nothing has changed since the last time");
}

/** Arguments of the compiler, and the rest of the options. */
export function split<Options extends CommonOptions>({ O, targetKernel, cache, json, ...rest }: Options) {
  return { settings: { level: O, targetKernel, cache }, json: json ?? false, rest };
}

/** Parses a whole number of the range that counts and numbers of the kernel have. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 0x7fff_ffff) {
    throw new InvalidArgumentError("It must be a whole number from 1 to 2147483647.");
  }
  return value;
}

/** Parses a number of seconds. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value > 2_000_000)
    throw new InvalidArgumentError("It must be a number of seconds.");
  return value;
}

/** Collects the values of an option that may be given several times. */
export function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** Adds the options for initial map contents. */
export function withMaps(command: Command): Command {
  return command
    .option("--maps <file>", "initial map contents from a JSON file")
    .option(
      "--set <map[key]=value>",
      "one initial map entry, or NAME=VALUE a global; may be given several times",
      collect,
    )
    .option("--config <name=value>", configText, collect);
}

/** What `--config` is. */
export const configText = "a value that the filter declares with config; may be given several times";

/** The argument of commands that take one filter. */
export const filterArgument = "a filter: .bpf.ts, or an object of `build --emit json`";
