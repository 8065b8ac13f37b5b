// `typebpf programs`: what programs the kernel holds, and what can be done with one: show, dump its code, pin, unpin.
import { setTimeout as delay } from "node:timers/promises";
import {
  type CodeInsn,
  countRuns,
  type ListedProgram,
  listPrograms,
  type MachineCode,
  type OpenedProgram,
  openProgram,
  removePin,
  toHex,
} from "@typebpf/loader";
import type { Command, Outcome, Terminal } from "../command.ts";
import { cliError } from "../diagnostics.ts";
import { type ProgramsDocument, programsDocument } from "../json/object-documents.ts";
import { askedAction, programActions } from "../objects/actions.ts";
import { programFacts } from "../objects/facts.ts";
import { chosen, chosenOne, directReference } from "../objects/select.ts";
import { formatCode, formatMachineCode } from "../output/code.ts";
import { programPage } from "../output/object-pages.ts";
import { formatPrograms, type Runs } from "../output/objects.ts";

/** Arguments of `programs`. */
export interface ProgramsArguments {
  /** The action and what it takes. */
  readonly texts: readonly string[];
  readonly jited?: boolean | undefined;
  /** Seconds to count runs for. */
  readonly stats?: number | undefined;
}

type Result = Outcome<ProgramsDocument>;

function outcome(programs: readonly ListedProgram[], text: string, rest: Partial<Result["body"]> = {}): Result {
  return { body: { programs: programs.map(programFacts), ...rest }, text, diagnostics: [], filters: [] };
}

/** Opens the program that is meant. */
async function openChosen(text: string): Promise<OpenedProgram> {
  const direct = directReference(text);
  return openProgram(direct ?? chosenOne("program", await listPrograms(), text).id);
}

/** The programs that are meant, as lists have them. */
async function listChosen(text: string | undefined): Promise<readonly ListedProgram[]> {
  if (text === undefined) return listPrograms();
  const direct = directReference(text);
  if (direct === undefined) return chosen("program", await listPrograms(), text);
  using opened = await openProgram(direct);
  return (await listPrograms()).filter(({ id }) => id === opened.info.id);
}

/** Lists after some time, with the runs within it. */
async function listCounted(seconds: number, text: string | undefined) {
  using _ = await countRuns();
  const before = new Map((await listChosen(text)).map((one) => [one.id, one]));
  await delay(seconds * 1000);
  const after = await listChosen(text);
  const runs = new Map<number, Runs>();
  for (const { id, runCount, runTimeNs } of after) {
    const { runCount: count = 0n, runTimeNs: timeNs = 0n } = before.get(id) ?? {};
    if (runCount > count) runs.set(id, { count: runCount - count, timeNs: runTimeNs - timeNs });
  }
  return { programs: after, runs };
}

async function list({ stats }: ProgramsArguments, text: string | undefined, { styles }: Terminal): Promise<Result> {
  const { programs, runs } =
    stats === undefined ? { programs: await listChosen(text), runs: undefined } : await listCounted(stats, text);
  const measured = runs && [...runs].map(([id, { count, timeNs }]) => ({ id, count: `${count}`, timeNs: `${timeNs}` }));
  const table = text === undefined || runs !== undefined;
  const shown = table
    ? formatPrograms(programs, styles, runs)
    : programs.map((one) => programPage(one, styles)).join("\n");
  return outcome(programs, shown, measured ? { runs: measured } : {});
}

function codeDocument({ slot, bytes, text, at, function: name }: CodeInsn) {
  return {
    slot,
    bytes: toHex(bytes),
    text,
    ...(at && { at: { ...at } }),
    ...(name !== undefined && { function: name }),
  };
}

function machineDocument({ function: name, address, bytes }: MachineCode) {
  return { function: name, address: `0x${address.toString(16)}`, bytes: toHex(bytes) };
}

async function dump(text: string, jited: boolean, { styles }: Terminal): Promise<Result> {
  using opened = await openChosen(text);
  const { info } = opened;
  const found = (await listPrograms()).filter(({ id }) => id === info.id);
  const hidden = (what: string) =>
    cliError("hiddenCode", { message: `the kernel shows no ${what} of program ${info.id}` });
  if (jited) {
    const machineCode = opened.machineCode();
    if (machineCode.length === 0) throw hidden("machine code");
    return outcome(found, formatMachineCode(machineCode, styles), { machineCode: machineCode.map(machineDocument) });
  }
  const instructions = opened.instructions();
  if (instructions.length === 0) throw hidden("instructions");
  return outcome(found, formatCode(instructions, styles), { instructions: instructions.map(codeDocument) });
}

async function pin(text: string, path: string): Promise<Result> {
  using opened = await openChosen(text);
  const { info } = opened;
  const made = opened.pin(path);
  const found = (await listPrograms()).filter(({ id }) => id === info.id);
  return outcome(found, `program ${info.id} is pinned at ${made.path}\n`, { pin: { path: made.path, pinned: true } });
}

async function unpin(given: string): Promise<Result> {
  const path = await removePin("program", given);
  return outcome([], `${path} is removed\n`, { pin: { path, pinned: false } });
}

/** `typebpf programs` */
export const programs: Command<ProgramsArguments, ProgramsDocument> = {
  schema: programsDocument,
  empty: () => ({ programs: [] }),
  run(args, terminal) {
    const given = [...(args.jited ? ["jited"] : []), ...(args.stats === undefined ? [] : ["stats"])];
    const { action, texts } = askedAction("programs", programActions, args.texts, given);
    const [first = "", second = ""] = texts;
    switch (action) {
      case "list":
        return list(args, undefined, terminal);
      case "show":
        return list(args, first, terminal);
      case "dump":
        return dump(first, args.jited === true, terminal);
      case "pin":
        return pin(first, second);
      case "unpin":
        return unpin(first);
      default:
        return action satisfies never;
    }
  },
};
