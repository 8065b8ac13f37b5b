// `typebpf completion SHELL`: a script that completes commands, options and their values, for the shell to read.
import type { Command as CommanderCommand } from "commander";
import type { Command } from "../command.ts";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { type CompletedCommand, commandTable } from "../completion/table.ts";
import { zshScript } from "../completion/zsh.ts";
import { type CompletionDocument, completionDocument } from "../json/documents.ts";
import type { ShellName } from "../syntax/completion.ts";

/** Arguments of `completion`. */
export interface CompletionArguments {
  readonly shell: ShellName;
  /** The command line itself. */
  readonly program: CommanderCommand;
}

const scripts: { readonly [S in ShellName]: (commands: readonly CompletedCommand[]) => string } = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** `typebpf completion` */
export const completion: Command<CompletionArguments, CompletionDocument> = {
  schema: completionDocument,
  empty: () => ({ script: null }),
  async run({ shell, program }) {
    const script = scripts[shell](commandTable(program));
    return { body: { script }, text: script, diagnostics: [], filters: [] };
  },
};
