// `typebpf run`, as the command line knows it.
import type { Command } from "commander";
import {
  type CommonOptions,
  collect,
  type Declaration,
  type Execute,
  filterArgument,
  filterCommand,
  split,
  wholeNumber,
  withMaps,
} from "./declaration.ts";

const load = async () => (await import("../commands/run.ts")).run;

interface RunOptions extends CommonOptions {
  readonly program?: string;
  readonly pcap?: string;
  readonly packet?: readonly string[];
  readonly ctx?: readonly string[];
  readonly packets?: string;
  readonly maps?: string;
  readonly set?: readonly string[];
  readonly config?: readonly string[];
  readonly write?: string;
  readonly repeat?: number;
  readonly insns?: string;
  readonly memory?: string;
}

const runExample = `Examples:
  typebpf run firewall.bpf.ts --pcap in.pcap --set 'blocked[10.0.0.9]=0' --write out.pcap
  typebpf run firewall.bpf.ts --packet 0200000000010200000000020800... --kernel --json
  typebpf run lookup.bpf.ts --ctx '{ "family": 2, "protocol": 6, "localPort": 53 }'
  typebpf run --insns b7000000070000009500000000000000 --memory 00ff

Files: --packets [{ "name": "ping", "packet": "0200…", "ctx": { "ingressIfindex": 2 } }]
       --maps { "blocked": [{ "key": "10.0.0.9", "value": "0" }] }, as --json prints them
64-bit integers are decimal text, bytes are hex, structs are objects. A value of a per-CPU map is an array with one value
for each CPU; anything else is for every CPU. Simulated time follows the capture's, and chance is the same in every run.`;

function add(program: Command, execute: Execute): void {
  const command = filterCommand(program, "run", "run packets through a program, simulated or in the kernel", runExample)
    .argument("[file]", filterArgument)
    .option("--program <name>", "which program, where the filter has several")
    .option("--kernel", "run in the Linux kernel instead of the simulator (needs privilege)")
    .option("--pcap <file>", "packets from a capture: pcap or pcapng, Ethernet")
    .option("--packet <hex>", "a packet, from the Ethernet header on; may be given several times", collect)
    .option("--ctx <json>", 'a run without a packet, on context fields: \'{"family":2,"localPort":53}\'', collect)
    .option("--packets <file>", "packets from a JSON file");
  withMaps(command)
    .option("--write <file>", "write the packets that go on their way as a capture, as the program left them")
    .option("--repeat <n>", "run each packet so often, for measuring; maps see every run", wholeNumber)
    .option("--insns <hex>", "instead of a filter: run bare bytecode in the simulator")
    .option("--memory <hex>", "with --insns: the memory that r1 points to; r2 is its length")
    .action(async (file: string | undefined, options: RunOptions) => {
      const { settings, json, rest } = split(options);
      const files = file === undefined ? [] : [file];
      await execute(load, { file, ...rest, ...settings }, { json, kernel: rest.kernel ?? false, files });
    });
}

/** `typebpf run` */
export const runDeclaration: Declaration = { name: "run", load, add };
