// Puts the object together: generated programs and functions, the module's maps, licence, target and sources. Takes one
// generated program for each of the module's, by name, and the functions that they call; ensures that every map and function
// that code refers to is in the object and that equal input gives an equal object.
import type { BpfObject, DataSection, FunctionSpec, ProgramSpec } from "@typebpf/abi";
import type { AstProgram, TypedModule } from "../ast/nodes.ts";
import type { EmittedProgram } from "../machine/emit.ts";

/** The object of a module. @throws Error when a program or a map is missing (a compiler bug). */
export function link(
  module: TypedModule,
  emitted: readonly EmittedProgram[],
  sections: readonly DataSection[] = module.sections,
): BpfObject {
  const byName = new Map(emitted.map((program) => [program.name, program]));
  const data = sections.map((one) => one.name);
  checkReferences(emitted, new Set([...data, ...module.maps.map((map) => map.name)]));
  const called = new Set(
    emitted.flatMap((code) => code.relocations.flatMap((one) => ("function" in one ? [one.function] : []))),
  );
  const programs = module.programs.map((program) => {
    const code = byName.get(program.name);
    if (!code) throw new Error(`link: program ${program.name} has no code`);
    return specOf(program, code, module.functions[program.function]?.parameters[0]?.name);
  });
  const functions = emitted.filter((code) => called.has(code.name)).map(functionOf);
  functions.sort((a, b) => (a.name < b.name ? -1 : 1));
  const { license, target, sources } = module;
  return { format: 1, license, target, maps: module.maps, programs, functions, sections, sources };
}

function checkReferences(emitted: readonly EmittedProgram[], data: ReadonlySet<string>): void {
  const functions = new Set(emitted.map((code) => code.name));
  for (const { name, relocations } of emitted) {
    for (const one of relocations) {
      if (one.kind === "kernelFunction") continue;
      const of = "section" in one ? one.section : "map" in one ? one.map : one.function;
      const isThere = "function" in one ? functions.has(of) : data.has(of);
      if (!isThere) throw new Error(`link: ${name} refers to ${of}, which does not exist`);
    }
  }
}

function functionOf({ name, insns, relocations, lines, parameters, stackBytes }: EmittedProgram): FunctionSpec {
  const at = lines[0]?.at;
  return { name, insns, relocations, lines, ...(parameters && { parameters }), stackBytes, ...(at && { at }) };
}

function specOf(
  { name, type, section, schema, at }: AstProgram,
  code: EmittedProgram,
  context: string | undefined,
): ProgramSpec {
  const { insns, relocations, lines, stackBytes } = code;
  const parameters = context === undefined || context === "ctx" ? {} : { parameters: [context] };
  const described = schema ? { context: schema } : {};
  return { name, type, section, ...described, insns, relocations, lines, ...parameters, stackBytes, at };
}
