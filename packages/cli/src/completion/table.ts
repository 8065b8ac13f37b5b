// What shells can complete, read from commander's own tables of commands and options, so that there is no second list.
import type { Command } from "commander";

/** What stands behind an option or as an argument: one of some words, a file, a network interface, or anything. */
export type Completed =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "file" }
  | { readonly kind: "interface" }
  | { readonly kind: "any" };

/** An option of a command. */
export interface CompletedOption {
  /** "-o", "--output" */
  readonly flags: readonly string[];
  readonly description: string;
  /** For options that take a value. */
  readonly value?: { readonly name: string } & Completed;
}

/** A command with its options. */
export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  readonly argument: Completed;
}

const byValueName: Readonly<Record<string, Completed>> = {
  file: { kind: "file" },
  path: { kind: "file" },
  if: { kind: "interface" },
};

function completed(name: string, choices: readonly string[] | undefined): Completed {
  if (choices) return { kind: "words", words: choices };
  return (Object.hasOwn(byValueName, name) ? byValueName[name] : undefined) ?? { kind: "any" };
}

function optionsOf(command: Command): readonly CompletedOption[] {
  const visible = command.createHelp().visibleOptions(command);
  return visible.map(({ short, long, flags, description, argChoices, required, optional }) => {
    const name = /[<[]([^>\]]*)[>\]]/.exec(flags)?.[1] ?? "";
    const names = [short, long].filter((flag) => flag !== undefined);
    const value = required || optional ? { name, ...completed(name, argChoices) } : undefined;
    return { flags: names, description, ...(value && { value }) };
  });
}

/** All commands that the help shows. */
export function commandTable(program: Command): readonly CompletedCommand[] {
  const names = program.commands.map((command) => command.name());
  const commands = program.createHelp().visibleCommands(program);
  return commands.map((command) => {
    const [argument] = command.registeredArguments;
    const isHelp = command.name() === "help";
    return {
      name: command.name(),
      description: command.description(),
      options: optionsOf(command),
      argument: isHelp ? { kind: "words", words: names } : completed(argument?.name() ?? "", argument?.argChoices),
    };
  });
}
