// `typebpf check`, as the command line knows it.
import type { Command } from "commander";
import { type CommonOptions, type Declaration, type Execute, filterCommand, split } from "./declaration.ts";

interface CheckOptions extends CommonOptions {
  readonly watch?: true;
}

const example = `Examples:
  typebpf check firewall.bpf.ts
  typebpf check firewall.bpf.ts --watch     again whenever the filter, or a file that it imports, changes`;

const load = async () => (await import("../commands/check.ts")).check;

const loadWatch = async () => (await import("../commands/watch.ts")).watch;

function add(program: Command, execute: Execute): void {
  filterCommand(program, "check", "type-check and compile filters, and say what is wrong", example)
    .argument("<file...>", "filters: .bpf.ts, or objects of `build --emit json`")
    .option("--watch", "check again whenever a file changes, until Ctrl-C")
    .action(async (files: string[], options: CheckOptions) => {
      const { settings, json, rest } = split(options);
      if (rest.watch) await execute(loadWatch, { files, ...settings }, { json, kernel: false, files });
      else await execute(load, { files, ...settings }, { json, kernel: false, files });
    });
}

/** `typebpf check` */
export const checkDeclaration: Declaration = { name: "check", load, add };
