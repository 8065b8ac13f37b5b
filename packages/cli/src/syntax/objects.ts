// `typebpf programs`, `maps` and `links`, as the command line knows them: one word for the action, then what it takes. The
// actions come from the rows of objects/actions.ts.
import { Argument, type Command, Option } from "commander";
import { type Actions, actionsHelp, linkActions, mapActions, programActions } from "../objects/actions.ts";
import {
  type CommonOptions,
  type Declaration,
  type Execute,
  plainCommand,
  seconds,
  wholeNumber,
} from "./declaration.ts";

const loadPrograms = async () => (await import("../commands/programs.ts")).programs;
const loadMaps = async () => (await import("../commands/maps.ts")).maps;
const loadLinks = async () => (await import("../commands/links.ts")).links;

const which = `WHICH is an id, the path of a pin, or a name; names may not be unique. id:12 and name:12 say which is meant.`;

/** A command with actions. */
function objectCommand(program: Command, name: string, summary: string, actions: Actions, examples: string): Command {
  const example = `Examples:\n${examples}\n\nActions:\n${actionsHelp(name, actions)}\n\n${which}`;
  return plainCommand(program, name, summary, example)
    .addArgument(new Argument("[action]", "what to do").choices(Object.keys(actions)))
    .argument("[arguments...]", "what the action takes");
}

function textsOf(action: string | undefined, rest: readonly string[]): readonly string[] {
  return action === undefined ? [] : [action, ...rest];
}

const kernelCall = { kernel: true, files: [] } as const;

interface ProgramsOptions extends CommonOptions {
  readonly jited?: boolean;
  readonly stats?: number;
}

const programExamples = `  sudo typebpf programs
  sudo typebpf programs show firewall
  sudo typebpf programs dump 42
  sudo typebpf programs list --stats 5
  sudo typebpf programs pin 42 /sys/fs/bpf/firewall`;

function addPrograms(program: Command, execute: Execute): void {
  objectCommand(
    program,
    "programs",
    "programs that the kernel holds: list, show, dump, pin",
    programActions,
    programExamples,
  )
    .option("--jited", "dump: machine code in place of instructions")
    .option("--stats <seconds>", "list, show: count runs for this time", seconds)
    .action(async (action: string | undefined, rest: readonly string[], options: ProgramsOptions) => {
      const { json = false, jited, stats } = options;
      await execute(loadPrograms, { texts: textsOf(action, rest), jited, stats }, { json, ...kernelCall });
    });
}

interface MapsOptions extends CommonOptions {
  readonly source?: string;
  readonly limit?: number;
  readonly mode?: "any" | "new" | "existing";
}

const mapExamples = `  sudo typebpf maps
  sudo typebpf maps dump blocked --source firewall.bpf.ts
  sudo typebpf maps get 12 10.0.0.1
  sudo typebpf maps set /sys/fs/bpf/blocked 10.0.0.1 0
  sudo typebpf maps delete blocked 10.0.0.1

Keys and values are integers, addresses, hex bytes, or JSON for structs and arrays. They are shown by the map's BTF; by the
schemas of --source; or as bytes.`;

function addMaps(program: Command, execute: Execute): void {
  objectCommand(program, "maps", "maps that the kernel holds: list, show, dump, get, set, pin", mapActions, mapExamples)
    .option("--source <file>", "dump, get, set, delete: a filter whose schemas say what keys and values are")
    .option("--limit <number>", "dump: at most so many entries (1000, with --json 65536)", wholeNumber)
    .addOption(
      new Option("--mode <mode>", "set: only a new entry, or only an existing one").choices(["any", "new", "existing"]),
    )
    .action(async (action: string | undefined, rest: readonly string[], options: MapsOptions) => {
      const { json = false, source, limit, mode } = options;
      const files = source === undefined ? [] : [source];
      await execute(loadMaps, { texts: textsOf(action, rest), source, limit, mode }, { json, kernel: true, files });
    });
}

const linkExamples = `  sudo typebpf links
  sudo typebpf links show 7
  sudo typebpf links detach /sys/fs/bpf/firewall_link
  sudo typebpf links unpin /sys/fs/bpf/firewall_link`;

function addLinks(program: Command, execute: Execute): void {
  objectCommand(
    program,
    "links",
    "where programs are attached: list, show, detach, pin",
    linkActions,
    linkExamples,
  ).action(async (action: string | undefined, rest: readonly string[], { json = false }: CommonOptions) => {
    await execute(loadLinks, { texts: textsOf(action, rest) }, { json, ...kernelCall });
  });
}

/** `typebpf programs` */
export const programsDeclaration: Declaration = { name: "programs", load: loadPrograms, add: addPrograms };

/** `typebpf maps` */
export const mapsDeclaration: Declaration = { name: "maps", load: loadMaps, add: addMaps };

/** `typebpf links` */
export const linksDeclaration: Declaration = { name: "links", load: loadLinks, add: addLinks };
