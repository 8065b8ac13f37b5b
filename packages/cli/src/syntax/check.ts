// `typebpf check`, as the command line knows it.
import type { Command } from "commander";
import { type CommonOptions, type Declaration, type Execute, filterCommand, split } from "./declaration.ts";

const load = async () => (await import("../commands/check.ts")).check;

function add(program: Command, execute: Execute): void {
  filterCommand(
    program,
    "check",
    "type-check and compile filters, and say what is wrong",
    "Example: typebpf check firewall.bpf.ts",
  )
    .argument("<file...>", "filters: .bpf.ts, or objects of `build --emit json`")
    .action(async (files: string[], options: CommonOptions) => {
      const { settings, json } = split(options);
      await execute(load, { files, ...settings }, { json, kernel: false, files });
    });
}

/** `typebpf check` */
export const checkDeclaration: Declaration = { name: "check", load, add };
