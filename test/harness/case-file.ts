// Reads the directives of a language case file: which programs run on what, and what must come of it.
// Takes the file's text; gives its runs in order. A line that is no directive, or half of one, is an error that names it.
//
//   // run NAME                       then any of, indented:
//   //   packet: 01 02 (to 64)        bytes in hex; without "(to N)" or "(exact)" filled with zeros to 64
//   //   context: ingressIfindex=3
//   //   given MAP: KEY = VALUE       an entry before the run, in hex
//   //   given GLOBAL: = VALUE      a global variable before the run; "after GLOBAL: = VALUE" after it
//   //   returns: DROP                verdict by name (of tc: TC.OK), or a number
//   //   leaves: mark=5 cb[1]=2       fields of the context after the run
//   //   out: 01 02                   the packet after the run begins like this
//   //   after MAP: KEY = VALUE       an entry after the run; "after MAP: empty"
//   // sweep NAME: i32 i32            one run for each row of operands, which lie at the packet's start as in a struct
//   // bigint: signed                 what bigints of the file wrap to in JavaScript; default unsigned
//   // not javascript: REASON         the file needs maps or helpers
import { programTypes, type ScalarName, scalarLayouts } from "@typebpf/abi";
import { operandRows } from "./operands.ts";

/** An entry of a map in hex. */
export interface CaseEntry {
  readonly map: string;
  readonly key: string;
  readonly value: string;
}

/** One run of a program, with what the file says must come of it. */
export interface CaseRun {
  readonly program: string;
  /** For reports: where it stands, or its operands. */
  readonly label: string;
  readonly packet: Uint8Array;
  readonly context: Readonly<Record<string, number>>;
  readonly given: readonly CaseEntry[];
  readonly returns?: number;
  readonly out?: string;
  /** Fields of the context after the run. */
  readonly leaves: Readonly<Record<string, string>>;
  /** By map: all of its entries after the run. */
  readonly after: ReadonlyMap<string, readonly CaseEntry[]>;
}

export interface CaseFile {
  readonly runs: readonly CaseRun[];
  readonly signed: boolean;
  /** Why the file cannot run as JavaScript. */
  readonly notJavaScript?: string;
}

interface Draft {
  program: string;
  label: string;
  packet: Uint8Array;
  context: Record<string, number>;
  given: CaseEntry[];
  returns?: number;
  out?: string;
  leaves: Record<string, string>;
  after: Map<string, CaseEntry[]>;
}

const defaultLength = 64;
const sweepLength = 512;

/** Bytes of hex digits with spaces between them. */
export function hexBytes(text: string): Uint8Array {
  const digits = text.replaceAll(/\s/g, "");
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Error(`not hex: ${text}`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The same as text. */
export function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function packetOf(text: string): Uint8Array {
  const [, digits = "", option] = /^([^(]*)(?:\((.*)\))?$/.exec(text) ?? [];
  const bytes = hexBytes(digits);
  if (option === "exact") return bytes;
  const length = option === undefined ? defaultLength : Number(option.replace("to ", ""));
  if (!Number.isInteger(length)) throw new Error(`not a length: ${option}`);
  const packet = new Uint8Array(Math.max(length, bytes.length));
  packet.set(bytes);
  return packet;
}

function verdict(text: string): number {
  const actions: Readonly<Record<string, number>> = programTypes.xdp.actions;
  const ofTc: Readonly<Record<string, number>> = programTypes.sched_cls.actions;
  const value = (text.startsWith("TC.") ? undefined : actions[text]) ?? ofTc[text.replace(/^TC\./, "")] ?? Number(text);
  if (!Number.isInteger(value)) throw new Error(`no verdict: ${text}`);
  return value >>> 0;
}

function entryOf(map: string, text: string): CaseEntry {
  const [key, value] = text.split("=").map((part) => hexText(hexBytes(part)));
  if (key === undefined || value === undefined) throw new Error(`no entry: ${text}`);
  return { map, key, value };
}

const parts: Readonly<Record<string, (draft: Draft, argument: string, text: string) => void>> = {
  packet: (draft, _, text) => {
    draft.packet = packetOf(text);
  },
  context: (draft, _, text) => {
    for (const [, field = "", value] of text.matchAll(/(\w+)=(\d+)/g)) draft.context[field] = Number(value);
  },
  leaves: (draft, _, text) => {
    for (const [, field = "", value = ""] of text.matchAll(/([\w[\]]+)=(\d+)/g)) draft.leaves[field] = value;
  },
  given: (draft, map, text) => void draft.given.push(entryOf(map, text)),
  returns: (draft, _, text) => {
    draft.returns = verdict(text);
  },
  out: (draft, _, text) => {
    draft.out = hexText(hexBytes(text));
  },
  after: (draft, map, text) => {
    const entries = draft.after.get(map) ?? [];
    draft.after.set(map, text === "empty" ? entries : [...entries, entryOf(map, text)]);
  },
};

function emptyDraft(program: string, label: string): Draft {
  const packet = new Uint8Array(defaultLength);
  return { program, label, packet, context: {}, leaves: {}, given: [], after: new Map() };
}

/** A run of which nothing is said but what goes in. */
export function plainRun(program: string, packet: Uint8Array): CaseRun {
  return { ...emptyDraft(program, hexText(packet)), packet };
}

function isScalar(name: string): name is ScalarName {
  return name in scalarLayouts;
}

function sweep(program: string, operands: string): Draft[] {
  const types = operands.split(/\s+/).map((name) => {
    if (!isScalar(name)) throw new Error(`no operand type: ${name}`);
    return name;
  });
  return operandRows(types).map(({ bytes, text }) => {
    const draft = emptyDraft(program, `${program}(${text})`);
    draft.packet = new Uint8Array(sweepLength);
    draft.packet.set(bytes);
    return draft;
  });
}

/** Reads a file's directives. @throws Error that names the line. */
export function parseCaseFile(text: string): CaseFile {
  const runs: Draft[] = [];
  let open: Draft | undefined;
  let signed = false;
  let notJavaScript: string | undefined;
  text.split("\n").forEach((line, index) => {
    const [, indent = "", word = "", argument = "", , rest = ""] =
      /^\/\/( +)(run|sweep|bigint|not|packet|context|given|returns|leaves|out|after)(?: ([\w.]+))?(:\s*(.*))?$/.exec(
        line,
      ) ?? [];
    if (word === "") return;
    const part = parts[word];
    try {
      if (indent.length === 1 && word === "run" && rest === "") {
        open = emptyDraft(argument, `line ${index + 1}`);
        runs.push(open);
      } else if (indent.length === 1 && word === "sweep" && rest !== "") runs.push(...sweep(argument, rest.trim()));
      else if (indent.length === 1 && word === "bigint") signed = rest.trim() === "signed";
      else if (indent.length === 1 && word === "not" && argument === "javascript") notJavaScript = rest.trim();
      else if (indent.length > 1 && part && open) part(open, argument, rest.trim());
    } catch (error) {
      throw new Error(`line ${index + 1}: ${error instanceof Error ? error.message : error}`);
    }
  });
  if (runs.length === 0) throw new Error("the file runs nothing");
  return { runs, signed, ...(notJavaScript !== undefined && { notJavaScript }) };
}
