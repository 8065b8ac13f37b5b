// `typebpf explain`, as the command line knows it.
import type { Command } from "commander";
import { type CommonOptions, type Declaration, type Execute, plainCommand } from "./declaration.ts";

const load = async () => (await import("../commands/explain.ts")).explain;

const example = `Examples:
  typebpf explain BPF2101     why it is refused, what to do, and a program that causes it
  typebpf explain             all codes`;

function add(program: Command, execute: Execute): void {
  plainCommand(program, "explain", "show the page of a diagnostic, or list all of them", example)
    .argument("[code]", "the code in brackets before a message")
    .action(async (code: string | undefined, { json = false }: Pick<CommonOptions, "json">) => {
      await execute(load, { code }, { json, kernel: false, files: [] });
    });
}

/** `typebpf explain` */
export const explainDeclaration: Declaration = { name: "explain", load, add };
