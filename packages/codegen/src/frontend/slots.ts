// What lies in the slots of arrays of programs when the module is loaded: programs of the module, by declaration or by the
// name of their export, all of one type.
import type { MapSpec } from "@typebpf/abi";
import type { NamedProgram } from "./collect.ts";
import type { Reporter } from "./reporter.ts";
import type { MapConstant } from "./values.ts";

/** The map's description with the names of its programs. Reports what is no program, or of another type than the first. */
export function withPrograms(map: MapConstant, all: readonly NamedProgram[], reporter: Reporter): MapSpec {
  const { spec, programs, declaration } = map;
  if (!programs) return spec;
  const found = programs.map((one) => {
    if (one === null) return null;
    const known = all.find(({ name, program }) => (typeof one === "string" ? name === one : program.call === one.call));
    if (known) return known;
    // A program that nothing exports was reported where it is declared.
    if (typeof one === "string") {
      reporter.report("slotProgram", declaration, { message: `the module exports no program "${one}"` });
    }
    return null;
  });
  const [first] = found.filter((one) => one !== null);
  const other = first && found.find((one) => one && one.program.type !== first.program.type);
  if (first && other) {
    const message = `${first.name} is of type ${first.program.type}, ${other.name} of type ${other.program.type}`;
    reporter.report("slotProgram", declaration, { message });
  }
  return { ...spec, programs: found.map((one) => one?.name ?? null) };
}
