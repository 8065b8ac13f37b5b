// `typebpf disasm`, as the command line knows it.
import type { Command } from "commander";
import {
  type CommonOptions,
  type Declaration,
  type Execute,
  filterArgument,
  filterCommand,
  split,
} from "./declaration.ts";

const load = async () => (await import("../commands/disasm.ts")).disasm;

interface DisasmOptions extends CommonOptions {
  readonly program?: string;
  readonly insns?: string;
}

const example = `Examples:
  typebpf disasm firewall.bpf.ts
  typebpf disasm --insns b7000000020000009500000000000000

Instructions are written as in the kernel's verifier log, and counted in slots of 8 bytes; jumps count from the next one.`;

function add(program: Command, execute: Execute): void {
  filterCommand(program, "disasm", "list programs as assembly with their TypeScript lines", example)
    .argument("[file]", filterArgument)
    .option("--program <name>", "only this program")
    .option("--insns <hex>", "instead of a filter: bare bytecode")
    .action(async (file: string | undefined, options: DisasmOptions) => {
      const { settings, json, rest } = split(options);
      const files = file === undefined ? [] : [file];
      await execute(load, { file, ...rest, ...settings }, { json, kernel: false, files });
    });
}

/** `typebpf disasm` */
export const disasmDeclaration: Declaration = { name: "disasm", load, add };
