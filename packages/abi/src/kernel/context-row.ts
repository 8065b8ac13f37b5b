// The form of a context: the struct that the kernel shows a program, field by field. Several program types may share a
// struct and see different fields of it.

import type { StructLayout } from "../layout.ts";

/** What a program may do with a field. */
export type ContextAccess = "read" | "readWrite";

/** Part of a field that the DSL has by a name of its own. */
export interface ContextPart {
  readonly as: string;
  /** Offset within the field. */
  readonly at: number;
  readonly size: 1 | 2 | 4 | 8;
  /** The part is there in this variant of the context only. */
  readonly when?: string;
  readonly doc: string;
}

/** One field of a context. */
export interface ContextFieldRow {
  /** Name in C. */
  readonly name: string;
  /** Name in the DSL; absent for fields that the DSL reaches otherwise (packet bounds). */
  readonly as?: string;
  readonly offset: number;
  /** Bytes of the field, or of one item where it is an array. */
  readonly size: 1 | 2 | 4 | 8;
  /** Number of items, for arrays. */
  readonly count?: number;
  /** Where each item of an array lies, where they do not lie one after another. */
  readonly offsets?: readonly number[];
  /** A second name for what other fields hold. */
  readonly alias?: true;
  readonly access: ContextAccess;
  /** Only these program types (rows of `programTypes`) may touch it, and how; absent: all may, as `access` says. */
  readonly programs?: Readonly<Record<string, ContextAccess>>;
  /**
   * What a load of it gives: a number, a pointer into or to the end of the packet (its access is that of the packet; `as`
   * is the packet's name where that is not `packet`), to memory of a `layout`, or to a socket. "text" is the number of a
   * `__data_loc`: 16 bits of distance from the start of the context, and 16 of length.
   */
  readonly is: "integer" | "packet" | "packetEnd" | "packetMeta" | "memory" | "socket" | "text";
  /** Of `memory` and sockets: what lies there. */
  readonly layout?: StructLayout;
  /** Of sockets: there may be none. */
  readonly nullable?: true;
  /** Its values are signed. */
  readonly signed?: true;
  /** Parts of it with names of their own. */
  readonly parts?: readonly ContextPart[];
  /** Bits of its values, where they are fewer than the field has; what is written loses the others. */
  readonly bits?: 16;
  /** Those bits lie in network byte order (the DSL reads and writes them in host order). */
  readonly bigEndian?: true;
  readonly since: string;
  /**
   * Only programs with one of these attach types (names in `uapi.attachType`) may touch it, or each as it says; absent: all
   * may.
   */
  readonly attachTypes?: readonly string[] | Readonly<Record<string, ContextAccess>>;
  /** Set where this is a part of a field: the variant of the context that has it. */
  readonly when?: string;
  readonly doc: string;
}

/** A context: one struct. */
export interface ContextRow {
  /** Name of the struct in C; empty where there is none: 64-bit values one after another. */
  readonly struct: string;
  readonly size: number;
  /** A field that says what others mean: its values by the name of the variant. */
  readonly variants?: { readonly field: string; readonly values: Readonly<Record<string, number>> };
  readonly fields: readonly ContextFieldRow[];
}
