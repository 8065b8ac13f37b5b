// The command line as commander knows it: commands, options and their help. Commands are loaded when they are called, so
// that `--help` loads no compiler and a simulated run no native code.
import { Command, InvalidArgumentError, Option } from "commander";
import type { Command as Implementation } from "./command.ts";

/** Finds the implementation of a command. */
export type Loader<Arguments, Document> = () => Promise<Implementation<Arguments, Document>>;

/** Called with what was understood of the command line. */
export type Execute = <Arguments, Document>(
  load: Loader<Arguments, Document>,
  args: Arguments,
  call: { readonly json: boolean; readonly kernel: boolean; readonly files: readonly string[] },
) => Promise<void>;

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 0x7fff_ffff) {
    throw new InvalidArgumentError("It must be a whole number from 1 to 2147483647.");
  }
  return value;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value > 2_000_000)
    throw new InvalidArgumentError("It must be a number of seconds.");
  return value;
}

function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** Options that all commands have. */
interface CommonOptions {
  readonly O?: "0" | "1" | "2";
  readonly targetKernel?: string;
  readonly json?: true;
  readonly kernel?: true;
}

function subcommand(program: Command, name: string, summary: string, example: string): Command {
  return program
    .command(name)
    .description(summary)
    .addOption(
      new Option("-O <level>", "optimise: 0 nothing, 1 the cheap passes, 2 all (default)").choices(["0", "1", "2"]),
    )
    .option("--target-kernel <release>", "the oldest kernel that must run the program (default: 6.1)")
    .option("--json", "print one JSON document on standard output, and nothing else")
    .addHelpText("after", `\n${example}\n\nExit status: 0 fine, 1 the program is at fault, 2 usage or environment.`);
}

/** Arguments of the compiler, and the rest of the options. */
function split<Options extends CommonOptions>({ O, targetKernel, json, ...rest }: Options) {
  return { settings: { level: O, targetKernel }, json: json ?? false, rest };
}

function addCheck(program: Command, execute: Execute): void {
  subcommand(
    program,
    "check",
    "type-check and compile filters, and say what is wrong",
    "Example: typebpf check firewall.bpf.ts",
  )
    .argument("<file...>", "filters: .bpf.ts, or objects of `build --emit json`")
    .action(async (files: string[], options: CommonOptions) => {
      const { settings, json } = split(options);
      const load = async () => (await import("./commands/check.ts")).check;
      await execute(load, { files, ...settings }, { json, kernel: false, files });
    });
}

interface BuildOptions extends CommonOptions {
  readonly emit?: "json" | "asm" | "ir" | "elf";
  readonly output?: string;
}

function addBuild(program: Command, execute: Execute): void {
  const example = `Examples:
  typebpf build firewall.bpf.ts                            a table of programs and maps
  typebpf build firewall.bpf.ts --emit asm                 assembly with the TypeScript lines
  typebpf build firewall.bpf.ts --emit json -o fw.json     the object, which the other commands take too`;
  subcommand(program, "build", "compile filters", example)
    .argument("<file...>", "filters")
    .addOption(new Option("--emit <form>", "what to write: elf comes later").choices(["json", "asm", "ir", "elf"]))
    .option(
      "-o, --output <path>",
      "where to write it: a file, or a folder for several filters (default: standard output)",
    )
    .action(async (files: string[], options: BuildOptions) => {
      const { settings, json, rest } = split(options);
      const load = async () => (await import("./commands/build.ts")).build;
      await execute(load, { files, emit: rest.emit, output: rest.output, ...settings }, { json, kernel: false, files });
    });
}

interface RunOptions extends CommonOptions {
  readonly program?: string;
  readonly pcap?: string;
  readonly packet?: readonly string[];
  readonly packets?: string;
  readonly maps?: string;
  readonly set?: readonly string[];
  readonly write?: string;
  readonly repeat?: number;
  readonly insns?: string;
  readonly memory?: string;
}

const runExample = `Examples:
  typebpf run firewall.bpf.ts --pcap in.pcap --set 'blocked[10.0.0.9]=0' --write out.pcap
  typebpf run firewall.bpf.ts --packet 0200000000010200000000020800... --kernel --json
  typebpf run --insns b7000000070000009500000000000000 --memory 00ff

Files: --packets [{ "name": "ping", "packet": "0200…", "ctx": { "ingressIfindex": 2 } }]
       --maps { "blocked": [{ "key": "10.0.0.9", "value": "0" }] }, as --json prints them
64-bit integers are decimal text, bytes are hex, structs are objects. A value of a per-CPU map is an array with one value
for each CPU; anything else is for every CPU. Simulated time follows the capture's, and chance is the same in every run.`;

function addRun(program: Command, execute: Execute): void {
  subcommand(program, "run", "run packets through a program, in the simulator or in the kernel", runExample)
    .argument("[file]", "a filter: .bpf.ts, or an object of `build --emit json`")
    .option("--program <name>", "which program, where the filter has several")
    .option("--kernel", "run in the Linux kernel instead of the simulator (needs privilege)")
    .option("--pcap <file>", "packets from a capture: pcap or pcapng, Ethernet")
    .option("--packet <hex>", "a packet, from the Ethernet header on; may be given several times", collect)
    .option("--packets <file>", "packets from a JSON file")
    .option("--maps <file>", "initial map contents from a JSON file")
    .option("--set <map[key]=value>", "one initial map entry; may be given several times", collect)
    .option(
      "--write <file>",
      "write the packets with verdict PASS, TX or REDIRECT as a capture, as the program left them",
    )
    .option("--repeat <n>", "run each packet so often, for measuring; maps see every run", wholeNumber)
    .option("--insns <hex>", "instead of a filter: run bare bytecode in the simulator")
    .option("--memory <hex>", "with --insns: the memory that r1 points to; r2 is its length")
    .action(async (file: string | undefined, options: RunOptions) => {
      const { settings, json, rest } = split(options);
      const load = async () => (await import("./commands/run.ts")).run;
      const files = file === undefined ? [] : [file];
      await execute(load, { file, ...rest, ...settings }, { json, kernel: rest.kernel ?? false, files });
    });
}

interface TestOptions extends CommonOptions {
  readonly spec: string;
}

const testExample = `Example: typebpf test firewall.bpf.ts --spec firewall.spec.json --kernel

A spec: { "prog"?: NAME, "maps"?: MAPS, "packets": [{ "name", "data": HEX, "retval"?, "out"?: HEX, "maps"?: MAPS, "after"? }] }
  MAPS   [{ "map": NAME, "clear"?: 1, "entries"?: [{ "key": HEX, "value": HEX }] }], bytes as they lie in memory
  after  [{ "map", "key": HEX, "off": 0, "size": 8, "eq": 3 }], summed over all CPUs, or { "map", "key", "absent": 1 }
Map state carries over from packet to packet.`;

function addTest(program: Command, execute: Execute): void {
  subcommand(program, "test", "check a program against packets and expectations from a file", testExample)
    .argument("<file>", "a filter: .bpf.ts, or an object of `build --emit json`")
    .requiredOption("--spec <file>", "maps, packets and expectations")
    .option("--kernel", "run in the Linux kernel instead of the simulator (needs privilege)")
    .action(async (file: string, options: TestOptions) => {
      const { settings, json, rest } = split(options);
      const load = async () => (await import("./commands/test.ts")).test;
      const args = { file, spec: rest.spec, kernel: rest.kernel, ...settings };
      await execute(load, args, { json, kernel: rest.kernel ?? false, files: [file] });
    });
}

interface AttachOptions extends CommonOptions {
  readonly program?: string;
  readonly interface: string;
  readonly mode?: "native" | "generic";
  readonly duration?: number;
}

function addAttach(program: Command, execute: Execute): void {
  const example = "Example: sudo typebpf attach firewall.bpf.ts --program firewall --interface eth0";
  subcommand(program, "attach", "attach a program to a network interface until Ctrl-C, and show its maps", example)
    .argument("<file>", "a filter: .bpf.ts, or an object of `build --emit json`")
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
      const load = async () => (await import("./commands/attach.ts")).attach;
      await execute(load, { file, ...rest, ...settings }, { json, kernel: true, files: [file] });
    });
}

/** The whole command line; `execute` is called for the command that it names. */
export function createProgram(version: string, execute: Execute): Command {
  const program = new Command("typebpf")
    .description("TypeScript to eBPF: check, build, simulate, test and attach filters")
    .version(version, "-V, --version")
    .addHelpText(
      "after",
      "\nExample: typebpf run firewall.bpf.ts --pcap capture.pcap\n\ntypebpf COMMAND --help shows more.",
    );
  for (const add of [addCheck, addBuild, addRun, addTest, addAttach]) add(program, execute);
  return program;
}
