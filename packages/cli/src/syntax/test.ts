// `typebpf test`, as the command line knows it.
import type { Command } from "commander";
import {
  type CommonOptions,
  collect,
  configText,
  type Declaration,
  type Execute,
  filterArgument,
  filterCommand,
  split,
} from "./declaration.ts";

const load = async () => (await import("../commands/test.ts")).test;

interface TestOptions extends CommonOptions {
  readonly spec: string;
  readonly config?: readonly string[];
}

const testExample = `Example: typebpf test firewall.bpf.ts --spec firewall.spec.json --kernel

A spec: { "prog"?: NAME, "maps"?: MAPS, "packets": [{ "name", "data": HEX, "retval"?, "out"?: HEX, "maps"?: MAPS, "after"? }] }
  MAPS   [{ "map": NAME, "clear"?: 1, "entries"?: [{ "key": HEX, "value": HEX }] }], bytes as they lie in memory
  after  [{ "map", "key": HEX, "off": 0, "size": 8, "eq": 3 }], summed over all CPUs, or { "map", "key", "absent": 1 }
Map state carries over from packet to packet.`;

function add(program: Command, execute: Execute): void {
  filterCommand(program, "test", "check a program against packets and expectations from a file", testExample)
    .argument("<file>", filterArgument)
    .requiredOption("--spec <file>", "maps, packets and expectations")
    .option("--config <name=value>", configText, collect)
    .option("--kernel", "run in the Linux kernel instead of the simulator (needs privilege)")
    .action(async (file: string, options: TestOptions) => {
      const { settings, json, rest } = split(options);
      const args = { file, spec: rest.spec, kernel: rest.kernel, config: rest.config, ...settings };
      await execute(load, args, { json, kernel: rest.kernel ?? false, files: [file] });
    });
}

/** `typebpf test` */
export const testDeclaration: Declaration = { name: "test", load, add };
