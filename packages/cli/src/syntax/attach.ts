// `typebpf attach`, as the command line knows it.
import { type Command, Option } from "commander";
import {
  type CommonOptions,
  type Declaration,
  type Execute,
  filterArgument,
  filterCommand,
  seconds,
  split,
} from "./declaration.ts";

const load = async () => (await import("../commands/attach.ts")).attach;

interface AttachOptions extends CommonOptions {
  readonly program?: string;
  readonly interface: string;
  readonly mode?: "native" | "generic";
  readonly duration?: number;
}

function add(program: Command, execute: Execute): void {
  const example = "Example: sudo typebpf attach firewall.bpf.ts --program firewall --interface eth0";
  filterCommand(program, "attach", "attach a program to a network interface until Ctrl-C, and show its maps", example)
    .argument("<file>", filterArgument)
    .requiredOption("--interface <if>", "name or index of the interface")
    .option("--program <name>", "which program, where the filter has several")
    .addOption(
      new Option("--mode <mode>", "native: in the driver; generic: after it (default: what the driver can)").choices([
        "native",
        "generic",
      ]),
    )
    .option("--duration <seconds>", "detach after this time", seconds)
    .action(async (file: string, options: AttachOptions) => {
      const { settings, json, rest } = split(options);
      await execute(load, { file, ...rest, ...settings }, { json, kernel: true, files: [file] });
    });
}

/** `typebpf attach` */
export const attachDeclaration: Declaration = { name: "attach", load, add };
