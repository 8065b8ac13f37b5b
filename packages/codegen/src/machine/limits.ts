// Limits of the kernel that a whole program can break: instruction slots and maps. Takes a generated program; gives a
// diagnostic for each limit that does not hold.
import { type Diagnostic, diagnostic, limits, slotCount } from "@typebpf/abi";
import { machineDiagnostics } from "./diagnostics.ts";
import type { EmittedProgram } from "./emit.ts";

/** Limits that the program breaks. */
export function checkLimits({ name, insns, relocations, lines }: EmittedProgram): readonly Diagnostic[] {
  const at = lines[0]?.at;
  const place = at ? { at } : {};
  const found: Diagnostic[] = [];
  const slots = slotCount(insns);
  if (slots > limits.programInsns) {
    const message = `${name} has ${slots} instruction slots; the kernel takes ${limits.programInsns}`;
    found.push(diagnostic(machineDiagnostics.tooManyInsns, { message, ...place }));
  }
  const maps = new Set(relocations.flatMap((one) => ("map" in one ? [one.map] : "section" in one ? [one.section] : [])))
    .size;
  if (maps > limits.mapsPerProgram) {
    const message = `${name} uses ${maps} maps; the kernel takes ${limits.mapsPerProgram}`;
    found.push(diagnostic(machineDiagnostics.tooManyMaps, { message, ...place }));
  }
  return found;
}
