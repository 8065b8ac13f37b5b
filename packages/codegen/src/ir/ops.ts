// The operations of the IR as tables. 32-bit operations read the low halves and zero-extend their result, as BPF does;
// division by zero gives 0, remainder by zero the dividend, shift counts are masked to the width (RFC 9669 section 4.1).

const binaryNames = [
  "add",
  "sub",
  "mul",
  "udiv",
  "sdiv",
  "umod",
  "smod",
  "and",
  "or",
  "xor",
  "shl",
  "lshr",
  "ashr",
] as const;

export type BinaryName = (typeof binaryNames)[number];

/** Two integers to one: "add64", "lshr32", … */
export type BinaryOp = `${BinaryName}${32 | 64}`;

/**
 * One integer to one. `zext32` clears the upper half; `sextN` copies bit N-1 upwards to 64 bits; `swapN` reverses the
 * bytes of the low N bits and clears the rest.
 */
export type UnaryOp = "zext32" | "sext8" | "sext16" | "sext32" | "swap16" | "swap32" | "swap64" | "neg64" | "neg32";

export const unaryOps = [
  "zext32",
  "sext8",
  "sext16",
  "sext32",
  "swap16",
  "swap32",
  "swap64",
  "neg64",
  "neg32",
] as const satisfies readonly UnaryOp[];

export const binaryOps: readonly BinaryOp[] = binaryNames.flatMap((name) => [`${name}64`, `${name}32`] as const);

const compareNames = ["eq", "ne", "ult", "ule", "ugt", "uge", "slt", "sle", "sgt", "sge", "set"] as const;

export type CompareName = (typeof compareNames)[number];

/** The condition of a branch: "eq64", "slt32", …; "set" is `(a & b) != 0`. */
export type CompareOp = `${CompareName}${32 | 64}`;

export const compareOps: readonly CompareOp[] = compareNames.flatMap((name) => [`${name}64`, `${name}32`] as const);

const swapped: Readonly<Record<CompareName, CompareName>> = {
  eq: "eq",
  ne: "ne",
  ult: "ugt",
  ule: "uge",
  ugt: "ult",
  uge: "ule",
  slt: "sgt",
  sle: "sge",
  sgt: "slt",
  sge: "sle",
  set: "set",
};

const negated: Readonly<Partial<Record<CompareName, CompareName>>> = {
  eq: "ne",
  ne: "eq",
  ult: "uge",
  ule: "ugt",
  ugt: "ule",
  uge: "ult",
  slt: "sge",
  sle: "sgt",
  sgt: "sle",
  sge: "slt",
};

/** Splits "add32" into its name and width. */
export function splitOp<N extends string>(op: `${N}${32 | 64}`): { readonly name: N; readonly width: 32 | 64 } {
  return { name: op.slice(0, -2) as N, width: op.endsWith("32") ? 32 : 64 };
}

/** The condition with its operands exchanged. */
export function swapCompare(op: CompareOp): CompareOp {
  const { name, width } = splitOp<CompareName>(op);
  return `${swapped[name]}${width}`;
}

/** The opposite condition; undefined for "set", which has none. */
export function negateCompare(op: CompareOp): CompareOp | undefined {
  const { name, width } = splitOp<CompareName>(op);
  const opposite = negated[name];
  return opposite && `${opposite}${width}`;
}

/** Operations whose operands may be exchanged. */
export const commutative: ReadonlySet<BinaryOp> = new Set<BinaryOp>([
  "add64",
  "add32",
  "mul64",
  "mul32",
  "and64",
  "and32",
  "or64",
  "or32",
  "xor64",
  "xor32",
]);
