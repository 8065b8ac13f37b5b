// `typebpf build`, as the command line knows it.
import { type Command, Option } from "commander";
import { type CommonOptions, type Declaration, type Execute, filterCommand, split } from "./declaration.ts";

const load = async () => (await import("../commands/build.ts")).build;

interface BuildOptions extends CommonOptions {
  readonly emit?: "json" | "asm" | "ir" | "elf" | "btf" | "header";
  readonly output?: string;
}

function add(program: Command, execute: Execute): void {
  const example = `Examples:
  typebpf build firewall.bpf.ts                            a table of programs and maps
  typebpf build firewall.bpf.ts --emit asm                 assembly with the TypeScript lines
  typebpf build firewall.bpf.ts --emit json -o fw.json     the object, which the other commands take too
  typebpf build firewall.bpf.ts --emit header -o fw.h      C types of the maps' keys and values
  typebpf build firewall.bpf.ts --emit btf                 BTF as bpftool prints it; with -o, its bytes`;
  filterCommand(program, "build", "compile filters", example)
    .argument("<file...>", "filters")
    .addOption(
      new Option("--emit <form>", "what to write: elf comes later").choices([
        "json",
        "asm",
        "ir",
        "elf",
        "btf",
        "header",
      ]),
    )
    .option(
      "-o, --output <path>",
      "where to write it: a file, or a folder for several filters (default: standard output)",
    )
    .action(async (files: string[], options: BuildOptions) => {
      const { settings, json, rest } = split(options);
      await execute(load, { files, emit: rest.emit, output: rest.output, ...settings }, { json, kernel: false, files });
    });
}

/** `typebpf build` */
export const buildDeclaration: Declaration = { name: "build", load, add };
