// `typebpf attach`, as the command line knows it: its options come from the rows of attach-options.ts.
import type { Command } from "commander";
import { type AttachSettings, attachOptionRows, attachUsage } from "../attach-options.ts";
import type { MapSources } from "../fill-maps.ts";
import {
  type CommonOptions,
  type Declaration,
  type Execute,
  filterArgument,
  filterCommand,
  seconds,
  split,
  withMaps,
} from "./declaration.ts";

const load = async () => (await import("../commands/attach.ts")).attach;

interface AttachOptions extends CommonOptions, AttachSettings, MapSources {
  readonly program?: string;
  readonly duration?: number;
  readonly pin?: string;
  readonly pinMaps?: string;
}

const example = `Examples:
  sudo typebpf attach firewall.bpf.ts --interface eth0 --set 'blocked[10.0.0.9]=0'
  sudo typebpf attach shaper.bpf.ts --interface eth0 --direction egress --mode clsact --priority 10
  sudo typebpf attach firewall.bpf.ts --interface eth0 --pin /sys/fs/bpf/firewall/link --pin-maps /sys/fs/bpf/firewall

${attachUsage()}

Maps are shown live on a terminal, records of ring buffers as they come. Ctrl-C detaches. Links end with the process
however it ends. A clsact filter outlives a process that is killed; it has the name typebpf:PROGRAM, and the next attach of
the program reports it and takes its place.

With --pin the command ends at once and the program stays attached: typebpf links shows it, typebpf links unpin PATH ends it.
Maps in the folder of --pin-maps stay; the next attach uses them again where they are what the filter declares.`;

function add(program: Command, execute: Execute): void {
  const command = filterCommand(program, "attach", "attach a program until Ctrl-C, and show its maps", example)
    .argument("<file>", filterArgument)
    .option("--program <name>", "which program, where the filter has several");
  for (const { name, value, help } of attachOptionRows) command.option(`--${name} <${value}>`, help);
  withMaps(command)
    .option("--duration <seconds>", "detach after this time", seconds)
    .option("--pin <path>", "leave it attached: pin its link under this path of a BPF file system")
    .option("--pin-maps <path>", "keep the maps: pin them in this folder of a BPF file system, or use those there")
    .action(async (file: string, options: AttachOptions) => {
      const { settings, json, rest } = split(options);
      const { program: name, duration, maps, set, config, pin, pinMaps, ...where } = rest;
      const args = { file, program: name, duration, maps, set, config, pin, pinMaps, where, ...settings };
      await execute(load, args, { json, kernel: true, files: [file] });
    });
}

/** `typebpf attach` */
export const attachDeclaration: Declaration = { name: "attach", load, add };
