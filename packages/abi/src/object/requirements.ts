// What an object needs of a kernel, each with the first release that has it and where the need comes from. Read from the
// object itself (programs, maps, instructions, relocations), so that it holds for objects of any compiler, and by the same
// rows from which the compiler's gate refuses what is newer than its target.
import type { Span } from "../diagnostics/span.ts";
import { type Insn, slotsOf } from "../isa/insn.ts";
import { loopIn } from "../isa/loops.ts";
import { formOf } from "../isa/opcodes.ts";
import { compareKernels, type FeatureRow, features } from "../kernel/features.ts";
import { helpers } from "../kernel/helpers/helpers.ts";
import type { HelperRow } from "../kernel/helpers/row.ts";
import { kernelFunctionNamed } from "../kernel/kernel-functions.ts";
import { mapFlagRows } from "../kernel/map-flags.ts";
import { mapTypes } from "../kernel/map-types.ts";
import { type ProgramKindRow, programKinds } from "../kernel/program-kinds.ts";
import { sectionOfProgram } from "../kernel/program-sections.ts";
import { programTypes } from "../kernel/program-types.ts";
import { uapi } from "../kernel/uapi.generated.ts";
import { flattenProgram } from "./flatten.ts";
import type { BpfObject, LineEntry, MapSpec, ProgramSpec } from "./object.ts";

/** One need. */
export interface Requirement {
  /** First release that has it: "5.8". */
  readonly since: string;
  /** What it is: "map type ringbuf", "bpf_loop". */
  readonly what: string;
  /** Where in the source the need comes from, as far as that is known. */
  readonly at?: Span;
}

/** Most slots that kernels before 5.2 take. */
const SMALL_PROGRAM = 4096;

const helperRows: ReadonlyMap<number, HelperRow> = new Map(
  Object.values<HelperRow>(helpers).map((row) => [row.number, row]),
);

function ofFeature({ since, doc }: FeatureRow, at?: Span): Requirement {
  return { since, what: doc, ...(at && { at }) };
}

/** The kernel's name of a map type: "ringbuf". */
function mapTypeTitle(type: MapSpec["type"]): string {
  const found = Object.entries(uapi.mapType).find(([, number]) => number === mapTypes[type].number);
  return found?.[0].toLowerCase() ?? type;
}

/** What a map needs; `at` is where a program uses it. */
function ofMap(spec: MapSpec, at: Span | undefined): readonly Requirement[] {
  const place = at ?? spec.at;
  const where = place && { at: place };
  const flags = mapFlagRows.filter(({ bit }) => (spec.flags & bit) !== 0);
  return [
    { since: mapTypes[spec.type].since, what: `map type ${mapTypeTitle(spec.type)}`, ...where },
    ...flags.map(({ since, name }) => ({ since, what: `map flag ${name}`, ...where })),
  ];
}

function ofProgramType(program: ProgramSpec): readonly Requirement[] {
  const { kind, sleepable, frags } = sectionOfProgram(program);
  const where = program.at && { at: program.at };
  const row: ProgramKindRow | undefined = kind && programKinds[kind];
  return [
    { since: row?.since ?? programTypes[program.type].since, what: `${kind ?? program.type} programs`, ...where },
    ...(sleepable ? [ofFeature(features.sleepable, program.at)] : []),
    ...(frags ? [ofFeature(features.xdpFragments, program.at)] : []),
  ];
}

function lineAt(lines: readonly LineEntry[], slot: number): Span | undefined {
  return lines.findLast((line) => line.slot <= slot)?.at;
}

/** Walks instructions with their slots and lines. */
class Code {
  readonly #lines: readonly LineEntry[];
  #next = 0;
  /** Where the instruction that was visited last comes from. */
  at: Span | undefined;

  constructor(lines: readonly LineEntry[]) {
    this.#lines = lines;
  }

  enter(slot: number): void {
    for (let line = this.#lines[this.#next]; line && line.slot <= slot; line = this.#lines[this.#next]) {
      this.at = line.at;
      this.#next++;
    }
  }
}

const versions = { v2: features.isaV2, v3: features.isaV3, v4: features.isaV4 };

/** What one instruction needs beyond the first instruction set. */
function ofInsn(insn: Insn, program: ProgramSpec, at: Span | undefined): readonly Requirement[] {
  const form = formOf(insn);
  if (!form) return [];
  const found: Requirement[] = [];
  const where = at && { at };
  const version = form.group === "kernel" || form.isa === "v1" ? undefined : versions[form.isa];
  if (compareKernels(form.since, features.isaV1.since) > 0) {
    const what = form.action.kind === "atomic" ? features.atomics.doc : (version?.doc ?? `instruction ${form.name}`);
    found.push({ since: form.since, what, ...where });
  }
  if (form.action.kind !== "call") return found;
  if (form.action.target === "local") found.push(ofFeature(features.subprograms, at));
  if (form.action.target === "kfunc") found.push(ofFeature(features.kernelFunctions, at));
  const row = form.action.target === "helper" ? helperRows.get(insn.imm) : undefined;
  if (row) found.push({ since: row.programSince?.[program.type] ?? row.since, what: row.symbol, ...where });
  return found;
}

/** What a function of the kernel needs beyond calls of such functions. */
function ofKernelFunction(name: string, at: Span | undefined): readonly Requirement[] {
  const row = kernelFunctionNamed(name);
  return row ? [{ since: row.since, what: row.symbol, ...(at && { at }) }] : [];
}

const TAIL_CALL = 12;

/** What a program needs, the functions that it calls and the maps that it uses included; oldest first. */
export function requirementsOf(
  object: Pick<BpfObject, "maps" | "functions">,
  program: ProgramSpec,
): readonly Requirement[] {
  const flat = flattenProgram(object, program);
  if (typeof flat === "string") return ofProgramType(program);
  const found: Requirement[] = [...ofProgramType(program)];
  const code = new Code(flat.lines);
  const relocations = new Map(flat.relocations.map((one) => [one.slot, one]));
  let slot = 0;
  let tailCalls = false;
  for (const insn of flat.insns) {
    code.enter(slot);
    found.push(...ofInsn(insn, program, code.at));
    const relocation = relocations.get(slot);
    const map = relocation && "map" in relocation ? object.maps.find(({ name }) => name === relocation.map) : undefined;
    if (map) found.push(...ofMap(map, code.at));
    if (relocation?.kind === "kernelFunction") found.push(...ofKernelFunction(relocation.name, code.at));
    else if (relocation && relocation.kind !== "map") found.push(ofFeature(features.globals, code.at));
    tailCalls ||= insn.opcode === 0x85 && insn.src === 0 && insn.imm === TAIL_CALL;
    slot += slotsOf(insn);
  }
  const loop = loopIn(flat.insns);
  if (loop !== undefined) found.push(ofFeature(features.boundedLoops, lineAt(flat.lines, loop)));
  if (slot > SMALL_PROGRAM) found.push(ofFeature(features.largePrograms, program.at));
  if (tailCalls && flat.functions.length > 1) found.push(ofFeature(features.tailCallsWithSubprograms, program.at));
  return distinct(found);
}

/** Each need once, where it comes up first; oldest first. */
function distinct(all: readonly Requirement[]): readonly Requirement[] {
  const once = new Map<string, Requirement>();
  for (const one of all) if (!once.has(one.what)) once.set(one.what, one);
  return [...once.values()].sort((a, b) => compareKernels(a.since, b.since));
}

/** What the maps that no program uses need: they are created all the same. */
export function requirementsOfMaps(object: Pick<BpfObject, "maps">): readonly Requirement[] {
  return distinct(object.maps.flatMap((map) => ofMap(map, undefined)));
}

/** The newest release among needs, and the needs that it comes from. */
export function minimumKernel(needs: readonly Requirement[]): {
  readonly kernel: string;
  readonly because: readonly Requirement[];
} {
  const newest = needs.reduce((kernel, { since }) => (compareKernels(since, kernel) > 0 ? since : kernel), "3.18");
  return { kernel: newest, because: needs.filter(({ since }) => compareKernels(since, newest) === 0) };
}
