// Instructions to steps, once when a program is loaded. Takes any instructions: those that are no valid program, and
// those that the simulator cannot run, are refused with a diagnostic on their TypeScript line, before anything runs.
import {
  type Diagnostic,
  formOf,
  type Insn,
  type InsnAction,
  type InsnForm,
  type LineEntry,
  slotCount,
  slotReference,
  slotsOf,
  validate,
  wideImmediate,
} from "@typebpf/abi";
import { loaderDiagnostic } from "../diagnostics.ts";
import { type Code, type Machine, spanAt } from "./machine.ts";
import { FUNCTION_HIGH, REGION_START } from "./memory.ts";
import { alu32 } from "./steps/alu32.ts";
import { alu64, byteOrderStep } from "./steps/alu64.ts";
import { branches } from "./steps/branches.ts";
import {
  exitStep,
  gotoStep,
  type HelperRun,
  helperCallStep,
  loadHalvesStep,
  loadPacketStep,
  localCallStep,
  mayGotoStep,
} from "./steps/control.ts";
import { atomicStep, loadStep, orderedStep, storeStep } from "./steps/memory.ts";
import { operandsOf, type Place, type Step } from "./steps/step.ts";

/** A byte of memory: the upper half of an address, and bytes from the region's start. */
export interface Address {
  readonly high: number;
  readonly offset: number;
}

/** A program as it comes, with what its instructions refer to. */
export interface Source {
  readonly name: string;
  readonly insns: readonly Insn[];
  readonly lines: readonly LineEntry[];
  /** What the wide instruction at a slot refers to: a map, or a byte of a value. */
  readonly addressAt: (slot: number) => Address | undefined;
  /** A helper by number; undefined for one that does not exist, a text for one that the simulator does not have. */
  readonly helper: (number: number) => HelperRun | string | undefined;
  /** The function of the kernel that the instruction at a slot calls; undefined where the program does not name it, a text where the simulator has not got it. */
  readonly kernelFunction?: (slot: number) => HelperRun | string | undefined;
  /** Whether legacy packet loads have a packet. */
  readonly packetLoads: boolean;
}

interface Context extends Place {
  readonly source: Source;
  /** Where the instruction jumps to or which function it calls. */
  readonly target: number;
}

/** A step, or why the simulator cannot run the instruction. */
type Made = Step | Diagnostic;

function unsupported(what: string): Diagnostic {
  return loaderDiagnostic("unsimulatedInstruction", { message: `the simulator cannot run ${what}` });
}

function helperCall(context: Context): Made {
  const number = context.insn.imm;
  const helper = context.source.helper(number);
  if (typeof helper === "function") return helperCallStep(context, helper);
  const message = helper ?? `there is no helper ${number} here`;
  return loaderDiagnostic("unsimulatedHelper", { message });
}

function kernelCall(context: Context): Made {
  const run = context.source.kernelFunction?.(context.slot);
  if (typeof run === "function") return helperCallStep(context, run);
  if (run === undefined) return unsupported(`a call of a kernel function (BTF id ${context.insn.imm})`);
  return loaderDiagnostic("unsimulatedHelper", { message: run });
}

function loadWide(context: Context, source: Extract<InsnAction, { kind: "loadWide" }>["source"]): Made {
  const { insn } = context;
  if (source === "value")
    return loadHalvesStep(context, insn.imm, Number(BigInt.asIntN(32, wideImmediate(insn) >> 32n)));
  // A function's address is its slot: nothing but helpers may use it.
  if (source === "function") return loadHalvesStep(context, context.target, FUNCTION_HIGH);
  if (source !== "mapFd" && source !== "mapValue") return unsupported(`a wide load of kind ${source}`);
  const address = context.source.addressAt(context.slot);
  if (address === undefined) return loaderDiagnostic("mapReference");
  return loadHalvesStep(context, REGION_START + address.offset, address.high);
}

type Makers = {
  readonly [K in InsnAction["kind"]]: (context: Context, action: Extract<InsnAction, { kind: K }>) => Made;
};

/** How each kind of instruction becomes a step. */
const makers: Makers = {
  alu: (context, { op, width, source }) => (width === 32 ? alu32 : alu64)[op](operandsOf(context, source)),
  byteOrder: (context, { op, bits }) => byteOrderStep(op, bits, operandsOf(context, "reg")),
  addrSpaceCast: () => unsupported("addr_space_cast: it has no arenas"),
  goto: ({ target }) => gotoStep(target),
  branch: (context, { op, width, source }) => branches[width][op](operandsOf(context, source), context.target),
  mayGoto: (context) => mayGotoStep(context, context.target),
  load: (context, { size, signed }) => loadStep(context, size, signed),
  store: (context, { size, source }) => storeStep(context, size, source),
  atomic: (context, { op, size, fetch }) => atomicStep(context, op, size, fetch),
  loadAcquire: (context, { size }) => orderedStep(context, size, "load"),
  storeRelease: (context, { size }) => orderedStep(context, size, "store"),
  loadWide: (context, { source }) => loadWide(context, source),
  loadPacket: (context, { size, indexed }) =>
    context.source.packetLoads
      ? loadPacketStep(context, size, indexed)
      : unsupported("legacy packet loads in this type of program"),
  call: (context, { target }) => {
    switch (target) {
      case "helper":
        return helperCall(context);
      case "local":
        return localCallStep(context, context.target);
      case "kfunc":
        return kernelCall(context);
      default:
        return target satisfies never;
    }
  },
  exit: (context) => exitStep(context),
};

function make<K extends InsnAction["kind"]>(kind: K, context: Context, action: InsnAction): Made {
  return makers[kind](context, action as Extract<InsnAction, { kind: K }>);
}

/** Some diagnostics of `validate` name a slot only; here it has a line. */
function withSpan(diagnostic: Diagnostic, lines: readonly LineEntry[]): Diagnostic {
  const slot = /^slot (\d+):/.exec(diagnostic.message)?.[1];
  const at = slot === undefined ? undefined : spanAt(lines, Number(slot));
  return diagnostic.at || !at ? diagnostic : { ...diagnostic, at };
}

function stepOf(machine: Machine, source: Source, form: InsnForm, insn: Insn, slot: number): Made {
  const target = slotReference(form, insn, slot)?.slot ?? slot;
  const next = slot + slotsOf(insn);
  return make(form.action.kind, { machine, insn, slot, next, source, target }, form.action);
}

/** The program as steps of this machine, or all that stands against it. */
export function translate(machine: Machine, source: Source): Code | readonly Diagnostic[] {
  const { name, insns, lines } = source;
  const invalid = validate(insns);
  if (invalid.length > 0) return invalid.map((one) => withSpan(one, lines));
  const steps = new Array<Step | undefined>(slotCount(insns)).fill(undefined);
  const bySlot = new Array<Insn | undefined>(steps.length).fill(undefined);
  const refused: Diagnostic[] = [];
  let slot = 0;
  for (const insn of insns) {
    const form = formOf(insn);
    if (!form) throw new Error(`simulator: validate let through ${JSON.stringify(insn)}`);
    const made = stepOf(machine, source, form, insn, slot);
    bySlot[slot] = insn;
    if (typeof made === "function") steps[slot] = made;
    else refused.push({ ...made, message: `slot ${slot}: ${made.message}` });
    slot += slotsOf(insn);
  }
  return refused.length > 0 ? refused.map((one) => withSpan(one, lines)) : { name, steps, insns: bySlot, lines };
}
