// BpfObject: what `compile` makes and every back end takes. Plain, serialisable, byte-deterministic data.
import type { Span } from "../diagnostics/span.ts";
import type { Insn } from "../isa/insn.ts";
import type { MapTypeName } from "../kernel/map-types.ts";
import type { ProgramTypeName } from "../kernel/program-types.ts";
import type { Layout } from "../layout.ts";
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
  readonly at?: Span;
}

/** Where the instruction at `slot` comes from; entries are sorted by slot and one holds until the next. */
export interface LineEntry {
  /** Index in 8-byte slots from the program's first instruction. */
  readonly slot: number;
  readonly at: Span;
}

/** One program: one entry point of the kernel. */
export interface ProgramSpec {
  /** The whole name of the export; the kernel sees its first 15 bytes. */
  readonly name: string;
  readonly type: ProgramTypeName;
  /** libbpf's section name. */
  readonly section: string;
  readonly insns: readonly Insn[];
  readonly relocations: readonly Relocation[];
  readonly lines: readonly LineEntry[];
  /** Deepest use of the stack, in bytes, 0…512. */
  readonly stackBytes: number;
  readonly at?: Span;
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

export interface BpfObject {
  readonly format: 1;
  readonly license: string;
  readonly target: Target;
  readonly maps: readonly MapSpec[];
  readonly programs: readonly ProgramSpec[];
  readonly sources: readonly SourceText[];
}
