// Puts the object together: generated programs, the module's maps, licence, target and sources. Takes one generated
// program for each of the module's, by name; ensures that every map a program refers to is in the object and that equal
// input gives an equal object.
import { type BpfObject, type DataSection, type ProgramSpec, programTypes } from "@typebpf/abi";
import type { AstProgram, TypedModule } from "../ast/nodes.ts";
import type { EmittedProgram } from "../machine/emit.ts";

/** The object of a module. @throws Error when a program or a map is missing (a compiler bug). */
export function link(
  module: TypedModule,
  emitted: readonly EmittedProgram[],
  sections: readonly DataSection[] = module.sections,
): BpfObject {
  const byName = new Map(emitted.map((program) => [program.name, program]));
  const data = new Set(sections.map((one) => one.name));
  const maps = new Set(module.maps.map((map) => map.name));
  const programs = module.programs.map((program) => {
    const code = byName.get(program.name);
    if (!code) throw new Error(`link: program ${program.name} has no code`);
    for (const relocation of code.relocations) {
      const name = "section" in relocation ? relocation.section : "map" in relocation ? relocation.map : undefined;
      if (name === undefined || maps.has(name) || data.has(name)) continue;
      throw new Error(`link: program ${program.name} refers to ${name}, which does not exist`);
    }
    return specOf(program, code, module.functions[program.function]?.parameters[0]?.name);
  });
  const { license, target, sources } = module;
  return { format: 1, license, target, maps: module.maps, programs, functions: [], sections, sources };
}

function specOf({ name, type, at }: AstProgram, code: EmittedProgram, context: string | undefined): ProgramSpec {
  const { insns, relocations, lines, stackBytes } = code;
  const parameters = context === undefined || context === "ctx" ? {} : { parameters: [context] };
  return { name, type, section: programTypes[type].section, insns, relocations, lines, ...parameters, stackBytes, at };
}
