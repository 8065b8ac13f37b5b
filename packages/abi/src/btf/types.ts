// The model of BTF, the kernel's format of debug information: one shape for each kind (Documentation/bpf/btf.rst and
// include/uapi/linux/btf.h, Linux 6.12). Plain data. Types refer to one another by id: 0 is `void`, and id n is the n-th
// type of the list, counted from 1.

/** Number of a type within its list; 0 is `void`. */
export type BtfId = number;

/** An integer. `bitOffset` and `bits` say which bits of its bytes count; only old bit fields use them. */
export interface BtfInt {
  readonly kind: "int";
  readonly name: string;
  /** In bytes: 1, 2, 4, 8 or 16. */
  readonly size: number;
  readonly bits: number;
  readonly bitOffset: number;
  readonly encoding: "unsigned" | "signed" | "char" | "bool";
}

/** A floating-point number. */
export interface BtfFloat {
  readonly kind: "float";
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

/** A pointer, a qualifier: `type` without a name of its own. */
export interface BtfModifier {
  readonly kind: "ptr" | "const" | "volatile" | "restrict";
  readonly type: BtfId;
}

/** Another name of a type. */
export interface BtfTypedef {
  readonly kind: "typedef";
  readonly name: string;
  readonly type: BtfId;
}

/** A tag on a pointer's target; an `attribute` is one that C spells as `__attribute__((…))`. */
export interface BtfTypeTag {
  readonly kind: "type_tag";
  readonly name: string;
  readonly type: BtfId;
  readonly attribute: boolean;
}

/** `length` items of `type`. */
export interface BtfArray {
  readonly kind: "array";
  readonly type: BtfId;
  /** Type of the index; always some u32. */
  readonly index: BtfId;
  readonly length: number;
}

/** A member of a struct or union; `bitSize` is 0 but for bit fields. Offsets in bits from the start. */
export interface BtfMember {
  /** Empty for an anonymous one. */
  readonly name: string;
  readonly type: BtfId;
  readonly bitOffset: number;
  readonly bitSize: number;
}

/** A struct or union; `name` is empty for an anonymous one. */
export interface BtfComposite {
  readonly kind: "struct" | "union";
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  readonly members: readonly BtfMember[];
}

/** A struct or union of which only the name is known. */
export interface BtfForward {
  readonly kind: "fwd";
  readonly name: string;
  readonly of: "struct" | "union";
}

/** Named values of an enumeration. */
export interface BtfEnumValue<T> {
  readonly name: string;
  readonly value: T;
}

/** An enumeration of at most 32 bits: values from -2^31 when signed, up to 2^32 - 1 when not. */
export interface BtfEnum {
  readonly kind: "enum";
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  readonly signed: boolean;
  readonly values: readonly BtfEnumValue<number>[];
}

/** An enumeration of 64 bits. */
export interface BtfEnum64 {
  readonly kind: "enum64";
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  readonly signed: boolean;
  readonly values: readonly BtfEnumValue<bigint>[];
}

/** Whom a function or variable is seen by. */
export type BtfLinkage = "static" | "global" | "extern";

/** A function; `type` is its func_proto. */
export interface BtfFunction {
  readonly kind: "func";
  readonly name: string;
  readonly type: BtfId;
  readonly linkage: BtfLinkage;
}

/** A parameter; the last one with neither name nor type stands for `...`. */
export interface BtfParameter {
  readonly name: string;
  readonly type: BtfId;
}

/** What a function takes and returns; `type` is the latter. */
export interface BtfFunctionProto {
  readonly kind: "func_proto";
  readonly type: BtfId;
  readonly parameters: readonly BtfParameter[];
}

/** A global variable. */
export interface BtfVariable {
  readonly kind: "var";
  readonly name: string;
  readonly type: BtfId;
  readonly linkage: BtfLinkage;
}

/** Where a variable lies in its section, in bytes. */
export interface BtfSectionEntry {
  /** A `var`, or a `func` that is extern. */
  readonly type: BtfId;
  readonly offset: number;
  readonly size: number;
}

/** A section of variables. */
export interface BtfDataSection {
  readonly kind: "datasec";
  readonly name: string;
  /** In bytes; 0 where only the linker knows. */
  readonly size: number;
  readonly variables: readonly BtfSectionEntry[];
}

/** A tag on a declaration, or on its `component`-th member or parameter; -1 is the declaration itself. */
export interface BtfDeclTag {
  readonly kind: "decl_tag";
  readonly name: string;
  readonly type: BtfId;
  readonly component: number;
  readonly attribute: boolean;
}

export type BtfType =
  | BtfInt
  | BtfFloat
  | BtfModifier
  | BtfTypedef
  | BtfTypeTag
  | BtfArray
  | BtfComposite
  | BtfForward
  | BtfEnum
  | BtfEnum64
  | BtfFunction
  | BtfFunctionProto
  | BtfVariable
  | BtfDataSection
  | BtfDeclTag;

/** The name of a kind, as bpftool prints it in lower case. */
export type BtfKind = BtfType["kind"];

/** What decoding gives. */
export interface Btf {
  readonly types: readonly BtfType[];
  /** Byte order of the bytes that it came from. */
  readonly bigEndian: boolean;
}

/** Types of the key and the value of a map; 0 for a key that its type has not. */
export interface MapTypes {
  readonly name: string;
  readonly key: BtfId;
  readonly value: BtfId;
}

/** A name and the type that it has. */
export interface NamedType {
  readonly name: string;
  readonly type: BtfId;
}

/** The types of an object, by the names that the object has. */
export interface ObjectTypes {
  readonly types: readonly BtfType[];
  readonly maps: readonly MapTypes[];
  /** The datasec of each section of global data. */
  readonly sections: readonly NamedType[];
  /** The func of each program and function. */
  readonly functions: readonly NamedType[];
}

/** How a kind lies in memory: its number, and the bytes behind the 12 of every type, fixed and for each of `vlen`. */
export interface BtfKindRow {
  readonly number: number;
  readonly fixed: number;
  readonly each: number;
}

/** Every kind (BTF_KIND_* of include/uapi/linux/btf.h). */
export const btfKinds = {
  int: { number: 1, fixed: 4, each: 0 },
  ptr: { number: 2, fixed: 0, each: 0 },
  array: { number: 3, fixed: 12, each: 0 },
  struct: { number: 4, fixed: 0, each: 12 },
  union: { number: 5, fixed: 0, each: 12 },
  enum: { number: 6, fixed: 0, each: 8 },
  fwd: { number: 7, fixed: 0, each: 0 },
  typedef: { number: 8, fixed: 0, each: 0 },
  volatile: { number: 9, fixed: 0, each: 0 },
  const: { number: 10, fixed: 0, each: 0 },
  restrict: { number: 11, fixed: 0, each: 0 },
  func: { number: 12, fixed: 0, each: 0 },
  func_proto: { number: 13, fixed: 0, each: 8 },
  var: { number: 14, fixed: 4, each: 0 },
  datasec: { number: 15, fixed: 0, each: 12 },
  float: { number: 16, fixed: 0, each: 0 },
  decl_tag: { number: 17, fixed: 4, each: 0 },
  type_tag: { number: 18, fixed: 0, each: 0 },
  enum64: { number: 19, fixed: 0, each: 12 },
} as const satisfies Readonly<Record<BtfKind, BtfKindRow>>;

/** First two bytes of BTF and of its extension, in the byte order of the rest. */
export const BTF_MAGIC = 0xeb9f;

/** Linkages by number (BTF_FUNC_* and BTF_VAR_*). */
export const btfLinkages: readonly BtfLinkage[] = ["static", "global", "extern"];

/** Encodings of integers by number (BTF_INT_*). */
export const btfEncodings: Readonly<Record<BtfInt["encoding"], number>> = { unsigned: 0, signed: 1, char: 2, bool: 4 };
