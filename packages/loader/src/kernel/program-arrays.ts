// Arrays of programs that are declared with their contents: filled once all programs are loaded, before anything can be
// attached (as libbpf does in init_prog_array_slots).
import { DiagnosticError, diagnostic } from "@typebpf/abi";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName } from "./errno.ts";
import type { Fd } from "./fd.ts";
import type { KernelMap } from "./map.ts";

function u32Bytes(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

function fill(map: KernelMap, programs: ReadonlyMap<string, { readonly fd: Fd }>): void {
  const { spec } = map;
  for (const [slot, name] of (spec.programs ?? []).entries()) {
    const program = name === null ? undefined : programs.get(name);
    if (name === null) continue;
    const status = program ? map.update(u32Bytes(slot), u32Bytes(program.fd.number), 0) : undefined;
    if (status === 0) continue;
    const message = `"${name}" cannot be program ${slot} of "${spec.name}"`;
    const note = status === undefined ? "the object has no such program" : `the kernel answers ${errnoName(-status)}`;
    throw new DiagnosticError([
      diagnostic(kernelDiagnostics.programSlot, { message, notes: [note], ...(spec.at && { at: spec.at }) }),
    ]);
  }
}

/** Fills arrays of programs from their descriptions. @throws DiagnosticError where a program does not fit */
export function fillProgramArrays(
  maps: ReadonlyMap<string, KernelMap>,
  programs: ReadonlyMap<string, { readonly fd: Fd }>,
): void {
  for (const map of maps.values()) fill(map, programs);
}
