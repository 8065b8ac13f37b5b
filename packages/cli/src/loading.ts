// An object into a back end, and the choice of one of its programs.
import { type BpfObject, DiagnosticError, nearest } from "@typebpf/abi";
import {
  type ConfigValues,
  kernel,
  type Loaded,
  load,
  type MapPins,
  machineCpus,
  type ProgramHandle,
  refuseForeign,
  simulator,
  type VirtualClock,
} from "@typebpf/loader";
import { cliError } from "./diagnostics.ts";
import type { Filter } from "./input/filter.ts";

/** A loaded object whose module's types are not known. */
export type AnyLoaded = Loaded<Record<string, unknown>>;

/** The object of a filter. @throws DiagnosticError with why there is none. */
export function objectOf(filter: Filter): BpfObject {
  if (!filter.object) throw new DiagnosticError(filter.diagnostics);
  return filter.object;
}

/** CPUs that the simulator can have. */
const mostCpus = 1024;

/**
 * Loads into the kernel, or into the simulator with a clock of the caller's. Both run on the same CPU of as many, so that
 * per-CPU maps come out alike. `pins` are maps of the kernel to use and to keep. @throws DiagnosticError
 */
export function loadInto(
  object: BpfObject,
  inKernel: boolean,
  clock?: VirtualClock,
  config: ConfigValues = {},
  pins?: MapPins,
): Promise<AnyLoaded> {
  const { possible, first } = machineCpus();
  if (inKernel) return load(object, kernel({ cpu: first, ...(pins !== undefined && { pins }) }), { config });
  const cpus = Math.min(possible, mostCpus);
  return load(object, simulator({ cpus, cpu: Math.min(first, cpus - 1), ...(clock && { clock }) }), { config });
}

/** That there is no such program, or several. */
export function noProgram(names: readonly string[], wanted: string | undefined): DiagnosticError {
  const notes = [names.length === 0 ? "it has no programs" : `its programs: ${names.join(", ")}`];
  const message =
    wanted === undefined ? `the filter has ${names.length} programs` : `the filter has no program "${wanted}"`;
  const near = wanted === undefined ? undefined : nearest(wanted, names);
  return cliError("noProgram", { message, notes, ...(near !== undefined && { help: `did you mean "${near}"?` }) });
}

/** The name of the wanted program; without a wish, of the only one. @throws DiagnosticError BPF6020, BPF6306 */
export function chooseProgram(object: BpfObject, wanted: string | undefined): string {
  refuseForeign(object);
  const names = object.programs.map(({ name }) => name);
  const [only] = names;
  if (wanted === undefined && names.length === 1 && only !== undefined) return only;
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  throw noProgram(names, wanted);
}

/** The handle of a program that the object has. */
export function programOf(loaded: AnyLoaded, name: string): ProgramHandle {
  const program = loaded.programs[name];
  if (!program) throw new Error(`loading: the back end lost the program ${name}`);
  return program;
}
