// `typebpf build`, as the command line knows it.
import { type Command, Option } from "commander";
import type { BuildArguments } from "../commands/build.ts";
import { type CommonOptions, type Declaration, type Execute, filterCommand, split } from "./declaration.ts";

const load = async () => (await import("../commands/build.ts")).build;

interface BuildOptions extends CommonOptions {
  readonly emit?: BuildArguments["emit"];
  readonly output?: string;
}

function add(program: Command, execute: Execute): void {
  const example = `Examples:
  typebpf build firewall.bpf.ts                            a table of programs and maps
  typebpf build firewall.bpf.ts --emit asm                 assembly with the TypeScript lines
  typebpf build firewall.bpf.ts -o firewall.o              an ELF object, for libbpf, ip, tc and the other commands
  typebpf build firewall.bpf.ts --emit json -o fw.json     the same as JSON
  typebpf build firewall.bpf.ts --emit header -o fw.h      C types of the maps' keys and values
  typebpf build firewall.bpf.ts --emit btf                 BTF as bpftool prints it; with -o, its bytes`;
  filterCommand(program, "build", "compile filters", example)
    .argument("<file...>", "filters")
    .addOption(
      new Option("--emit <form>", "what to write; with -o an ELF object by default").choices([
        "elf",
        "json",
        "asm",
        "ir",
        "btf",
        "header",
      ]),
    )
    .option(
      "-o, --output <path>",
      "where to write it: a file, or a folder for several filters (default: text goes to standard output)",
    )
    .action(async (files: string[], options: BuildOptions) => {
      const { settings, json, rest } = split(options);
      await execute(load, { files, emit: rest.emit, output: rest.output, ...settings }, { json, kernel: false, files });
    });
}

/** `typebpf build` */
export const buildDeclaration: Declaration = { name: "build", load, add };
