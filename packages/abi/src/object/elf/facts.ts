// The section ".typebpf", which no loader reads: what ELF and BTF cannot say of an object that we compiled. Places in the
// TypeScript source, layouts as the schemas have them, names that BTF has no room for, the target. Everything that the
// kernel runs stands elsewhere in the file; reading checks the facts against it and refuses what contradicts it.

import { slotCount } from "../../isa/insn.ts";
import { isKernelRelease } from "../../kernel/features.ts";
import { mapTypes } from "../../kernel/map-types.ts";
import type { MapTypeRow } from "../../kernel/maps/row.ts";
import type {
  BpfObject,
  DataSection,
  FunctionSpec,
  GlobalVariable,
  LineEntry,
  MapSpec,
  MapTemplate,
  ProgramSpec,
} from "../object.ts";
import {
  BadFacts,
  FileNames,
  fail,
  integer,
  type Json,
  layoutJson,
  layoutOf,
  list,
  record,
  spanOf,
  text,
} from "./facts-json.ts";

/** Name of the section. */
export const factsSection = ".typebpf";

function codeJson({ name, stackBytes, parameters, lines, at }: FunctionSpec, files: FileNames): Json {
  return {
    name,
    stack: stackBytes,
    ...(parameters && { parameters }),
    ...(at && { at: files.json(at) }),
    lines: lines.map((one) => [one.slot, files.json(one.at)]),
  };
}

function programJson(program: ProgramSpec, files: FileNames): Json {
  const { context } = program;
  return { ...(codeJson(program, files) as object), ...(context && { context: layoutJson(context) }) };
}

function variableJson({ name, offset, layout, at }: GlobalVariable, files: FileNames): Json {
  return { name, offset, layout: layoutJson(layout), ...(at && { at: files.json(at) }) };
}

function mapJson({ name, key, value, record: written, inner, at }: MapSpec, files: FileNames): Json {
  return {
    name,
    key: layoutJson(key),
    value: layoutJson(value),
    ...(written && { record: layoutJson(written) }),
    ...(inner && { inner: { key: layoutJson(inner.key), value: layoutJson(inner.value) } }),
    ...(at && { at: files.json(at) }),
  };
}

/** The text of the section. */
export function factsText(object: BpfObject): string {
  const files = new FileNames();
  const facts = {
    format: 1,
    target: [object.target.kernel, object.target.isa],
    maps: object.maps.map((map) => mapJson(map, files)),
    programs: object.programs.map((one) => programJson(one, files)),
    functions: object.functions.map((one) => codeJson(one, files)),
    sections: object.sections.map(({ name, variables }) => {
      return { name, variables: variables.map((one) => variableJson(one, files)) };
    }),
    sources: object.sources.map(({ file, text: source }) => [file, source]),
  };
  return JSON.stringify({ ...facts, files: files.names });
}

type Facts = ReadonlyMap<string, Json>;

/** Pairs each fact with what the file has under its name; both must be the same ones. */
function paired<T extends { readonly name: string }, R>(
  facts: Facts,
  part: string,
  found: readonly T[],
  make: (one: T, fact: Facts) => R,
): readonly R[] {
  const byName = new Map(found.map((one) => [one.name, one]));
  const made = list(facts.get(part), part).map((value) => {
    const fact = record(value, `one of ${part}`);
    const name = text(fact.get("name"), "a name");
    const one =
      byName.get(name) ?? fail(`there is no "${name}" among the ${part} of the file, or there are two facts of it`);
    byName.delete(name);
    return make(one, fact);
  });
  for (const name of byName.keys()) fail(`"${name}" is missing in ${part}`);
  return made;
}

function placeIn(fact: Facts, files: readonly string[]): Pick<FunctionSpec, "at"> {
  const at = fact.get("at");
  return at === undefined ? {} : { at: spanOf(at, files) };
}

function linesOf(value: Json | undefined, slots: number, files: readonly string[]): readonly LineEntry[] {
  let before = -1;
  return list(value, "lines").map((entry) => {
    const [slot, at] = list(entry, "a line");
    before = integer(slot, before + 1, slots - 1, "a slot");
    return { slot: before, at: spanOf(at, files) };
  });
}

function codeOf<T extends FunctionSpec>({ at: _, ...code }: T, fact: Facts, files: readonly string[]) {
  const parameters = fact.get("parameters");
  const names = parameters === undefined ? undefined : list(parameters, "parameters").map((one) => text(one, "a name"));
  return {
    ...code,
    stackBytes: integer(fact.get("stack"), 0, 512, "a stack"),
    ...(names && { parameters: names }),
    ...placeIn(fact, files),
    lines: linesOf(fact.get("lines"), slotCount(code.insns), files),
  };
}

function programOf(program: ProgramSpec, fact: Facts, files: readonly string[]): ProgramSpec {
  const given = fact.get("context");
  const context = given === undefined ? undefined : layoutOf(given);
  if (context && context.kind !== "struct") fail(`what the context of "${program.name}" holds is no struct`);
  return { ...codeOf(program, fact, files), ...(context?.kind === "struct" && { context }) };
}

/** Layouts of the sizes that the file says. */
function keyAndValue(map: MapTemplate, fact: Facts, name: string): Pick<MapTemplate, "key" | "value"> {
  const key = layoutOf(fact.get("key"));
  const value = layoutOf(fact.get("value"));
  // The kernel is told no size of a ring's records.
  const { records, counts }: MapTypeRow = mapTypes[map.type];
  const unsized = records || counts === "pages";
  if (key.size !== map.key.size || (!unsized && value.size !== map.value.size)) {
    fail(`key or value of map "${name}" have another size in the file`);
  }
  return { key, value };
}

function mapOf({ at: _, ...map }: MapSpec, fact: Facts, files: readonly string[]): MapSpec {
  const written = fact.get("record");
  const inner = fact.get("inner");
  if ((inner === undefined) !== (map.inner === undefined)) fail(`map "${map.name}" has other inner maps in the file`);
  return {
    ...map,
    ...keyAndValue(map, fact, map.name),
    ...(written !== undefined && { record: layoutOf(written) }),
    ...(map.inner && { inner: { ...map.inner, ...keyAndValue(map.inner, record(inner, "inner"), map.name) } }),
    ...placeIn(fact, files),
  };
}

function sectionOf(section: DataSection, fact: Facts, files: readonly string[]): DataSection {
  const variables = list(fact.get("variables"), "variables").map((value): GlobalVariable => {
    const one = record(value, "a variable");
    const layout = layoutOf(one.get("layout"));
    const offset = integer(one.get("offset"), 0, section.size, "an offset");
    if (offset + layout.size > section.size) fail(`a variable lies outside of "${section.name}"`);
    return { name: text(one.get("name"), "a variable's name"), offset, layout, ...placeIn(one, files) };
  });
  return { ...section, variables };
}

function withFacts(object: BpfObject, facts: Facts): BpfObject {
  if (facts.get("format") !== 1) fail("its format is not 1");
  const files = list(facts.get("files"), "files").map((one) => text(one, "a file"));
  const [kernel, isa] = list(facts.get("target"), "the target");
  const release = text(kernel, "the kernel");
  if (!isKernelRelease(release)) fail(`"${release}" is no kernel release`);
  const version = ([1, 2, 3, 4] as const).find((one) => one === isa) ?? fail("its instruction set is unknown");
  const { btf: _, ...rest } = object;
  return {
    ...rest,
    target: { kernel: release, isa: version },
    maps: paired(facts, "maps", object.maps, (map, fact) => mapOf(map, fact, files)),
    programs: paired(facts, "programs", object.programs, (one: ProgramSpec, fact) => programOf(one, fact, files)),
    functions: paired(facts, "functions", object.functions, (one, fact) => codeOf(one, fact, files)),
    sections: paired(facts, "sections", object.sections, (one, fact) => sectionOf(one, fact, files)),
    sources: list(facts.get("sources"), "sources").map((value) => {
      const [file, source] = list(value, "a source");
      return { file: text(file, "a file"), text: text(source, "a source") };
    }),
  };
}

/** The object with the facts of its section; text where they are no facts of this object. */
export function addFacts(object: BpfObject, section: Uint8Array): BpfObject | string {
  try {
    const facts = new TextDecoder("utf-8", { fatal: true }).decode(section).replaceAll("\0", "");
    // A tool that makes string tables anew leaves an empty one.
    if (facts === "") return object;
    const parsed: Json = JSON.parse(facts);
    return withFacts(object, record(parsed, "the section"));
  } catch (error) {
    if (error instanceof BadFacts) return error.message;
    if (error instanceof SyntaxError || error instanceof TypeError) return "it is not JSON";
    if (error instanceof RangeError) return "it is nested too deeply";
    throw error;
  }
}
