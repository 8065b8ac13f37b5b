// A spec against a loaded object: sets maps, runs each packet, and compares what came out. Names, keys and values that do
// not fit the object are errors of the spec; anything else that differs is why a case fails.
import { actionName, type Diagnostic, DiagnosticError, mapTypes, programTypes } from "@typebpf/abi";
import { type AnyMapHandle, fromHex, type ProgramHandle, type RunResult } from "@typebpf/loader";
import { cliError } from "./diagnostics.ts";
import { exitStatusOf } from "./exit-status.ts";
import type { SpecAfter, SpecMap, SpecPacket } from "./json/inputs.ts";
import { copiesOf, copyStride, findMap, type MapHandles } from "./map-access.ts";

/** What came of one packet of a spec; `why` when it failed. */
export interface SpecCase {
  readonly name: string;
  readonly ok: boolean;
  readonly why?: string;
}

function sized(what: string, text: string, size: number): Uint8Array {
  const bytes = fromHex(text, what);
  if (bytes.length === size) return bytes;
  throw cliError("spec", { message: `${what} has ${bytes.length} bytes; the filter's has ${size}` });
}

/** The same value for each CPU, as the back end's buffer has it. */
function bufferOf(map: AnyMapHandle, value: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(map.raw.bufferSize);
  for (let copy = 0; copy < map.raw.copies; copy++) buffer.set(value, copy * copyStride(map.spec));
  return buffer;
}

/** Handles of the programs that entries of maps may name. */
export type ProgramHandles = Readonly<Record<string, ProgramHandle>>;

/** The program that a spec names. @throws DiagnosticError where the filter has none */
export function specProgram(programs: ProgramHandles, name: string): ProgramHandle {
  const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
  if (program) return program;
  throw cliError("spec", { message: `the filter has no program "${name}"` });
}

/** The bytes that stand for a program in a map, until it is disposed. */
function programEntry(map: AnyMapHandle, name: string, programs: ProgramHandles, path: string) {
  if (mapTypes[map.spec.type].number !== mapTypes.progArray.number || !map.raw.resolve) {
    throw cliError("spec", { message: `${path}: "${map.name}" is a ${map.spec.type}, which holds no programs` });
  }
  const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
  if (!program) throw cliError("spec", { message: `${path}: the filter has no program "${name}"` });
  const resolved = map.raw.resolve({ kind: "program", program: program.raw });
  const value = new Uint8Array(Uint32Array.of(resolved.number).buffer);
  return { value, [Symbol.dispose]: () => resolved[Symbol.dispose]() };
}

function setEntries(
  map: AnyMapHandle,
  entries: NonNullable<SpecMap["entries"]>,
  programs: ProgramHandles,
  where: string,
): void {
  for (const [index, { key, value, prog }] of entries.entries()) {
    const path = `${where}.entries[${index}]`;
    if (value === undefined && prog === undefined)
      throw cliError("spec", { message: `${path} has neither value nor prog` });
    using program = prog === undefined ? undefined : programEntry(map, prog, programs, `${path}.prog`);
    const bytes = program?.value ?? sized(`${path}.value`, value ?? "", map.spec.value.size);
    const status = map.raw.update(sized(`${path}.key`, key, map.spec.key.size), bufferOf(map, bytes), 0);
    if (status !== 0)
      throw cliError("spec", { message: `${path}: "${map.name}" refuses the entry (error ${-status})` });
  }
}

/** Clears and fills maps as a spec says. `where` names the list in messages. @throws DiagnosticError */
export function applySpecMaps(
  maps: MapHandles,
  list: readonly SpecMap[],
  where: string,
  programs: ProgramHandles = {},
): void {
  for (const [index, one] of list.entries()) {
    const map = findMap(maps, one.map);
    if (one.clear) map.clear();
    setEntries(map, one.entries ?? [], programs, `${where}[${index}]`);
  }
}

function verdictName(program: ProgramHandle, retval: number): string {
  const named = actionName(program.spec.type, retval);
  return named === undefined ? `${retval}` : `${retval} (${named})`;
}

function packetProblem(actual: Uint8Array, wanted: Uint8Array): string | undefined {
  const length = Math.max(actual.length, wanted.length);
  for (let at = 0; at < length; at++) {
    if (actual[at] === wanted[at]) continue;
    const byte = (one: number | undefined): string => (one === undefined ? "none" : one.toString(16).padStart(2, "0"));
    const sizes = actual.length === wanted.length ? "" : ` (${actual.length} bytes, expected ${wanted.length})`;
    return `the packet differs at byte ${at}${sizes}: ${byte(actual[at])}, expected ${byte(wanted[at])}`;
  }
  return undefined;
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function afterProblem(maps: MapHandles, after: SpecAfter, where: string): string | undefined {
  const map = findMap(maps, after.map);
  const key = sized(`${where}.key`, after.key, map.spec.key.size);
  const found = map.raw.lookup(key);
  const entry = `map "${map.name}", key ${after.key}`;
  if (after.absent) return typeof found === "number" ? undefined : `${entry}: there is an entry, expected none`;
  if (typeof found === "number") return `${entry}: there is no entry`;
  const { off = 0, size = 8, eq = 0n } = after;
  if (off + size > map.spec.value.size) {
    throw cliError("spec", { message: `${where}: bytes ${off} to ${off + size} are outside of the value` });
  }
  const sum = copiesOf(map, found).reduce((total, copy) => total + littleEndian(copy.subarray(off, off + size)), 0n);
  const actual = BigInt.asUintN(64, sum);
  const { perCpu } = mapTypes[map.spec.type];
  return actual === eq
    ? undefined
    : `${entry}, offset ${off}: ${actual}${perCpu ? " over all CPUs" : ""}, expected ${eq}`;
}

function problemOf(
  maps: MapHandles,
  program: ProgramHandle,
  packet: SpecPacket,
  result: RunResult,
  where: string,
): string | undefined {
  const wanted = packet.retval === undefined ? undefined : packet.retval >>> 0;
  if (wanted !== undefined && result.retval !== wanted) {
    return `the verdict is ${verdictName(program, result.retval)}, expected ${verdictName(program, wanted)}`;
  }
  const changed =
    packet.out === undefined ? undefined : packetProblem(result.packet, fromHex(packet.out, `${where}.out`));
  if (changed !== undefined) return changed;
  if (packet.mark !== undefined && Number(result.context?.mark) !== packet.mark) {
    return `the mark is ${result.context?.mark}, expected ${packet.mark}`;
  }
  for (const [index, after] of (packet.after ?? []).entries()) {
    const problem = afterProblem(maps, after, `${where}.after[${index}]`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/**
 * Runs one packet of a spec. A fault fails the case and is reported as well.
 * @throws DiagnosticError where the spec does not fit the object, or the back end refuses the packet.
 */
export function runSpecPacket(
  maps: MapHandles,
  program: ProgramHandle,
  packet: SpecPacket,
  index: number,
): { readonly outcome: SpecCase; readonly diagnostics: readonly Diagnostic[] } {
  const where = `packets[${index}]`;
  const name = packet.name ?? `packet ${index + 1}`;
  if (packet.mark !== undefined && programTypes[program.spec.type].context !== "sk_buff") {
    throw cliError("spec", { message: `${where}.mark: packets of ${program.spec.type} programs have no mark` });
  }
  applySpecMaps(maps, packet.maps ?? [], `${where}.maps`);
  try {
    const result = program.run(fromHex(packet.data, `${where}.data`));
    const why = problemOf(maps, program, packet, result, where);
    return { outcome: { name, ok: why === undefined, ...(why !== undefined && { why }) }, diagnostics: [] };
  } catch (error) {
    if (!(error instanceof DiagnosticError) || exitStatusOf(error.diagnostics) !== 1) throw error;
    const why = error.diagnostics.map(({ message }) => message).join("; ");
    return { outcome: { name, ok: false, why }, diagnostics: error.diagnostics };
  }
}
