// BpfObject: what `compile` makes and every back end takes. Plain, serialisable, byte-deterministic data.
import type { ObjectTypes } from "../btf/types.ts";
import type { Span } from "../diagnostics/span.ts";
import type { Insn } from "../isa/insn.ts";
import type { MapTypeName } from "../kernel/map-types.ts";
import type { ProgramTypeName } from "../kernel/program-types.ts";
import type { Layout, StructLayout } from "../layout.ts";
import type { Relocation } from "./relocation.ts";

/** A map that the object's programs share by name. */
export interface MapSpec {
  readonly name: string;
  readonly type: MapTypeName;
  readonly key: Layout;
  readonly value: Layout;
  readonly maxEntries: number;
  /** `BPF_F_*` flags for `BPF_MAP_CREATE`. */
  readonly flags: number;
  /** `map_extra`: of a bloom filter the number of hash functions. Absent: 0. */
  readonly extra?: number;
  /** Of a perf event array: the layout of what filters write. Absent in objects of other compilers, which do not say. */
  readonly record?: Layout;
  /** Of a map of maps: what every map in it is like. */
  readonly inner?: MapTemplate;
  /** Of an array of programs: names of programs of the object that lie in its slots from the start; null leaves one empty. */
  readonly programs?: readonly (string | null)[];
  readonly at?: Span;
}

/** What the maps in a map of maps are like: they have no names of their own. */
export type MapTemplate = Pick<MapSpec, "type" | "key" | "value" | "maxEntries" | "flags" | "extra">;

/** Where the instruction at `slot` comes from; entries are sorted by slot and one holds until the next. */
export interface LineEntry {
  /** Index in 8-byte slots from the program's first instruction. */
  readonly slot: number;
  readonly at: Span;
}

/** Instructions with what belongs to them: of a program, or of a function that programs call. */
interface CodeSpec {
  readonly insns: readonly Insn[];
  readonly relocations: readonly Relocation[];
  readonly lines: readonly LineEntry[];
  /** Names of what it takes, for BTF; the context of a program is "ctx" when absent. */
  readonly parameters?: readonly string[];
  /** Bytes of stack, 0…512: of a program the deepest use, of a function its own frame. */
  readonly stackBytes: number;
  readonly at?: Span;
}

/** One program: one entry point of the kernel. */
export interface ProgramSpec extends CodeSpec {
  /** The whole name of the export; the kernel sees its first 15 bytes. */
  readonly name: string;
  readonly type: ProgramTypeName;
  /** libbpf's section name. */
  readonly section: string;
  /** What the author says that the context holds. */
  readonly context?: StructLayout;
}

/**
 * A BPF function that programs of the object call or hand to a helper as a callback: what lies in `.text` of an ELF
 * object. A back end loads it behind each program that reaches it (`flattenProgram`).
 */
export interface FunctionSpec extends CodeSpec {
  /** Unique among the object's functions and programs. */
  readonly name: string;
}

/** A variable of a data section. */
export interface GlobalVariable {
  /** As user space knows it; members of `config` are `NAME.MEMBER`. */
  readonly name: string;
  /** Bytes from the start of the section. */
  readonly offset: number;
  readonly layout: Layout;
  readonly at?: Span;
}

/**
 * Global data: an array map with one entry, made by the back end and reached by direct address. A read-only section is
 * frozen before programs are loaded, so that the verifier knows its values.
 */
export interface DataSection {
  /** ".data", ".bss", ".rodata", or one of those with a suffix: ".rodata.str1.1". Unique among sections and maps. */
  readonly name: string;
  readonly readOnly: boolean;
  /** In bytes; more than 0. */
  readonly size: number;
  /** The first bytes in lower-case hex; the rest is zero. Absent: all zero. */
  readonly contents?: string;
  readonly variables: readonly GlobalVariable[];
}

/** The text of a source file that spans refer to, so that reports can quote it without the file system. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

export interface Target {
  /** The oldest kernel the object is meant for: "6.1". */
  readonly kernel: string;
  /** Instruction set version. */
  readonly isa: 1 | 2 | 3 | 4;
}

/**
 * A program that no back end takes yet: of a type without a row, or with an attach type of its own. It is listed with the
 * others and refused by name when the object is loaded.
 */
export interface ForeignProgram extends FunctionSpec {
  /** libbpf's section name, the target behind it: "kprobe/do_unlinkat". */
  readonly section: string;
  /** The kernel's name of the type in lower case; "unknown" where the section's name says nothing. */
  readonly type: string;
}

/** A map that no back end takes yet: of a type without a row, or with attributes that a `MapSpec` does not have. */
export interface ForeignMap {
  readonly name: string;
  /** `BPF_MAP_TYPE_*` */
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** Why it cannot be loaded: "maps of type prog_array", "pinned maps". */
  readonly why: string;
}

/** A place in the code that only the running kernel can fill in. */
export interface ForeignReference {
  /** A program or function of the object. */
  readonly function: string;
  readonly slot: number;
  /** `core`: the layout of a kernel type; `extern`: a symbol of the kernel, its configuration, or a section of its own rules. */
  readonly kind: "core" | "extern";
  /** Of the type, symbol or section. */
  readonly name: string;
}

/** What an ELF object has that no back end takes yet. */
export interface ForeignParts {
  /** Data and immediates are those of a big-endian machine. */
  readonly bigEndian: boolean;
  readonly programs: readonly ForeignProgram[];
  readonly maps: readonly ForeignMap[];
  readonly references: readonly ForeignReference[];
}

export interface BpfObject {
  readonly format: 1;
  readonly license: string;
  readonly target: Target;
  readonly maps: readonly MapSpec[];
  readonly programs: readonly ProgramSpec[];
  /** What programs call, sorted by name. */
  readonly functions: readonly FunctionSpec[];
  /** Global data, sorted by name. */
  readonly sections: readonly DataSection[];
  readonly sources: readonly SourceText[];
  /** Types that came with the object from a file; without them they follow from the layouts (`objectTypes`). */
  readonly btf?: ObjectTypes;
  /** Only of objects that were read from ELF files: with it, the object can be listed but not loaded. */
  readonly foreign?: ForeignParts;
}
