// Types of the typed AST: what the compiler itself infers, never what the TypeScript checker says (its types know
// neither widths nor memory). A `number` is an exact integer; its width and range are found later, on the IR.
import type { ContextName, Layout, ProgramIdentity, ProgramTypeName } from "@typebpf/abi";

/** An integer of JavaScript's `number`, exact, in a 64-bit register, sign-extended. */
export interface NumberType {
  readonly kind: "number";
  /** May be `undefined`. */
  readonly nullable?: true;
}

/** A 64-bit integer: unsigned unless its flavour is i64. Constants take the sign of what they meet. */
export interface BigintType {
  readonly kind: "bigint";
  readonly signed: boolean;
  /** May be `undefined`. */
  readonly nullable?: true;
}

export interface BooleanType {
  readonly kind: "boolean";
  /** May be `undefined`. */
  readonly nullable?: true;
}

/** `undefined` and the result of functions without a value. */
export interface NothingType {
  readonly kind: "nothing";
}

/** A typed pointer: `Ref<T>`, a struct or array on the stack, an aggregate inside another. */
export interface RefType {
  readonly kind: "ref";
  readonly layout: Layout;
  /** May be `undefined` (the null pointer). */
  readonly nullable: boolean;
  /** What JavaScript sees in the bytes: a typed array with a buffer of its own, that buffer, or a DataView. Else a plain ref. */
  readonly as?: "typedArray" | "arrayBuffer" | "dataView";
}

/** A plain object that no schema types: its members live in registers. */
export interface RecordType {
  readonly kind: "record";
  readonly members: readonly { readonly name: string; readonly type: AstType }[];
  /** May be `undefined`. */
  readonly nullable?: true;
}

/** A plain array literal that no schema types: its items live in registers, its indices are constants. */
export interface TupleType {
  readonly kind: "tuple";
  readonly items: readonly AstType[];
  /** May be `undefined`. */
  readonly nullable?: true;
}

/** The context argument of a program. */
export interface ContextType {
  readonly kind: "context";
  readonly program: ProgramTypeName;
  readonly context: ContextName;
  /** Of which program: what its fields depend on. */
  readonly of: ProgramIdentity;
}

export type AstType =
  | NumberType
  | BigintType
  | BooleanType
  | NothingType
  | RefType
  | RecordType
  | TupleType
  | ContextType;

export const numberType: NumberType = { kind: "number" };
export const booleanType: BooleanType = { kind: "boolean" };
export const nothingType: NothingType = { kind: "nothing" };
export const unsignedBigint: BigintType = { kind: "bigint", signed: false };
export const signedBigint: BigintType = { kind: "bigint", signed: true };
