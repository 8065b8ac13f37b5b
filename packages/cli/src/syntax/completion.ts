// `typebpf completion`, as the command line knows it.
import { Argument, type Command } from "commander";
import { type CommonOptions, type Declaration, type Execute, plainCommand } from "./declaration.ts";

const load = async () => (await import("../commands/completion.ts")).completion;

/** Shells that there are scripts for. */
export const shells = ["bash", "zsh", "fish"] as const;
export type ShellName = (typeof shells)[number];

const example = `Examples:
  source <(typebpf completion bash)       in ~/.bashrc
  source <(typebpf completion zsh)        in ~/.zshrc, after compinit
  typebpf completion fish | source        in ~/.config/fish/config.fish`;

function add(program: Command, execute: Execute): void {
  plainCommand(program, "completion", "print a script that completes typebpf in your shell", example)
    .addArgument(new Argument("<shell>", "which shell").choices([...shells]))
    .action(async (shell: ShellName, { json = false }: Pick<CommonOptions, "json">) => {
      await execute(load, { shell, program }, { json, kernel: false, files: [] });
    });
}

/** `typebpf completion` */
export const completionDeclaration: Declaration = { name: "completion", load, add };
