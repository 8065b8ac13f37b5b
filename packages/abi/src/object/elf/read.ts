// An ELF object of ours or of clang's as a BpfObject. Takes any bytes; gives the object, or one diagnostic that says what
// is wrong. What no back end takes yet (other program and map types, CO-RE, externs, big-endian code) is kept by name in
// `foreign`, so that every object can be read and listed. Our own objects come back as they were written (`facts.ts`).

import { decodeBtf } from "../../btf/decode.ts";
import { decodeBtfExt } from "../../btf/ext.ts";
import { sizeOfBtf } from "../../btf/size.ts";
import { BtfLayouts } from "../../btf/to-layout.ts";
import type { BtfType, ObjectTypes } from "../../btf/types.ts";
import { abiDiagnostics } from "../../diagnostics/catalogue.ts";
import { type Diagnostic, DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { Insn } from "../../isa/insn.ts";
import { formOf } from "../../isa/opcodes.ts";
import { features } from "../../kernel/features.ts";
import { programSection } from "../../kernel/program-sections.ts";
import { type ProgramTypeName, programTypes } from "../../kernel/program-types.ts";
import type { BpfObject, ForeignProgram, ForeignReference, FunctionSpec, ProgramSpec, Target } from "../object.ts";
import { addFacts, factsSection } from "./facts.ts";
import { type ElfFile, readFile, refuse } from "./file.ts";
import { patchedSection } from "./patch.ts";
import { CodeWorld, readCode } from "./read-code.ts";
import { readData } from "./read-data.ts";
import type { ReadTypes } from "./read-layout.ts";
import { ReadExt } from "./read-lines.ts";
import { type ReadMap, readMaps } from "./read-maps.ts";
import { stackBytesOf } from "./stack.ts";
import { type CodeSymbol, codeSymbols } from "./symbols.ts";

function known<T extends object>(decoded: T | Diagnostic): T {
  if ("code" in decoded) throw new DiagnosticError([decoded]);
  return decoded;
}

/**
 * Compilers leave the size of sections of variables, and their order, to whoever knows the file; the kernel wants both. It
 * refuses variables that are smaller than their type, as LLVM leaves them when it splits a struct: those are left out.
 */
function placed(types: readonly BtfType[], { sections }: ElfFile): readonly BtfType[] {
  const sizes = new Map(sections.map(({ name, size }) => [name, size]));
  return types.map((type) => {
    if (type.kind !== "datasec" || type.size !== 0) return type;
    const sizeOf = (id: number): number => {
      const variable = types[id - 1];
      return variable?.kind === "var" ? (sizeOfBtf(types, variable.type) ?? 0) : 0;
    };
    const whole = type.variables.filter((one) => sizeOf(one.type) <= one.size);
    const variables = whole.sort((one, other) => one.offset - other.offset);
    return { ...type, size: sizes.get(type.name) ?? 0, variables };
  });
}

/** Types and the records about code; big-endian types say the same. */
function readBtf(file: ElfFile): { readonly read: ReadTypes; readonly ext: ReadExt | undefined } | undefined {
  const bytes = patchedSection(file, ".BTF");
  if (!bytes) return undefined;
  const types = placed(known(decodeBtf(bytes)).types, file);
  const records = patchedSection(file, ".BTF.ext");
  const ext = records && new ReadExt(file, known(decodeBtfExt(records, bytes)), types);
  return { read: { types, layouts: new BtfLayouts(types) }, ext };
}

function readLicense(file: ElfFile): string {
  const data = file.sections.find(({ name }) => name === "license")?.data ?? new Uint8Array(0);
  const end = data.indexOf(0);
  return new TextDecoder().decode(data.subarray(0, Math.min(end < 0 ? data.length : end, 127)));
}

const kernels = { 1: features.isaV1, 2: features.isaV2, 3: features.isaV3, 4: features.isaV4 } as const;

/** The oldest instruction set that has all the instructions, and the first kernel with it. */
function targetOf(codes: readonly { readonly insns: readonly Insn[] }[]): Target {
  const forms = codes.flatMap(({ insns }) => insns.flatMap((insn) => formOf(insn) ?? []));
  // Calls of functions and atomic additions come in code of every version, whatever group the RFC has them in.
  const everywhere = /^(call_|atomic\d+_add$)/;
  const used = new Set(forms.flatMap(({ name, isa }) => (everywhere.test(name) ? [] : isa)));
  const isa = used.has("v4") ? 4 : used.has("v3") ? 3 : used.has("v2") ? 2 : 1;
  return { kernel: kernels[isa].since, isa };
}

interface ReadFunction {
  readonly symbol: CodeSymbol;
  readonly spec: FunctionSpec;
  readonly references: readonly ForeignReference[];
}

function readFunction(world: CodeWorld, symbol: CodeSymbol, ext: ReadExt | undefined): ReadFunction {
  const { insns, relocations, references } = readCode(world, symbol);
  const { name } = symbol;
  const lines = ext?.linesOf(symbol) ?? [];
  const spec = { name, insns, relocations, lines, stackBytes: stackBytesOf(insns) };
  return { symbol, spec, references: [...references, ...(ext?.referencesOf(symbol) ?? [])] };
}

/** A program with the form that a back end takes, where there is one. */
function programOf(spec: FunctionSpec, section: string): { known?: ProgramSpec; foreign?: ForeignProgram } {
  const row = programSection(section);
  const type = row?.type ?? "unknown";
  if (!Object.hasOwn(programTypes, type)) return { foreign: { ...spec, section, type } };
  return { known: { ...spec, section, type: type as ProgramTypeName } };
}

function btfOf(
  types: ReadTypes,
  maps: readonly ReadMap[],
  functions: readonly ReadFunction[],
  data: readonly { readonly name: string }[],
): ObjectTypes {
  const ids = new Map(types.types.map((type, index) => [`${type.kind} ${"name" in type ? type.name : ""}`, index + 1]));
  const named = (kind: string, name: string) => {
    const type = ids.get(`${kind} ${name}`);
    return type === undefined ? [] : [{ name, type }];
  };
  return {
    types: types.types,
    maps: maps.flatMap(({ map, types: { key, value } }) =>
      map.kind === "known" ? [{ name: map.spec.name, key, value }] : [],
    ),
    sections: data.flatMap(({ name }) => named("datasec", name)),
    functions: functions.flatMap(({ spec }) => named("func", spec.name)),
  };
}

function readObject(bytes: Uint8Array): BpfObject {
  const file = readFile(bytes);
  const btf = readBtf(file);
  const { maps, places } = readMaps(file, btf?.read);
  const symbols = codeSymbols(file);
  const world = new CodeWorld(file, symbols, places);
  const functions = symbols.map((symbol) => readFunction(world, symbol, btf?.ext));
  const sections = readData(file, btf?.read);
  const called = new Set(
    functions.flatMap(({ spec }) => spec.relocations.flatMap((one) => ("function" in one ? one.function : []))),
  );
  const isProgram = ({ name, role }: CodeSymbol): boolean =>
    role === "program" || (role === "maybe" && !called.has(name));
  const programs = functions.flatMap(({ symbol, spec }) =>
    isProgram(symbol) ? [programOf(spec, file.sections[symbol.section]?.name ?? "")] : [],
  );
  const foreign = {
    bigEndian: file.bigEndian,
    programs: programs.flatMap((one) => one.foreign ?? []),
    maps: maps.flatMap(({ map }) => (map.kind === "foreign" ? [map.map] : [])),
    references: functions.flatMap(({ references }) => references),
  };
  const isForeign = foreign.bigEndian || foreign.programs.length + foreign.maps.length + foreign.references.length > 0;
  const object: BpfObject = {
    format: 1,
    license: readLicense(file),
    target: targetOf(functions.map(({ spec }) => spec)),
    maps: maps.flatMap(({ map }) => (map.kind === "known" ? [map.spec] : [])),
    programs: programs.flatMap((one) => one.known ?? []),
    functions: functions
      .flatMap(({ symbol, spec }) => (isProgram(symbol) ? [] : [spec]))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    sections,
    sources: btf?.ext?.sources() ?? [],
    ...(btf && { btf: btfOf(btf.read, maps, functions, sections) }),
    ...(isForeign && { foreign }),
  };
  const facts = file.sections.find(({ name }) => name === factsSection);
  if (!facts || isForeign) return object;
  const done = addFacts(object, facts.data);
  return typeof done === "string" ? refuse(abiDiagnostics.elfFacts, `section "${factsSection}": ${done}`) : done;
}

/** Reads an ELF object: the object, or what is wrong with the file. */
export function readElf(bytes: Uint8Array): BpfObject | readonly Diagnostic[] {
  try {
    // Not a subclass: what copies here shares memory in a Buffer of Node.
    return readObject(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
}
