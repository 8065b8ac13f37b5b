// What an expression of a module can be when the compiler knows it whole: constants, schemas, maps, functions, and the
// names that the DSL and the library give. Everything else is a value of run time and becomes an Expr.
import type { Layout, MapSpec, ProgramIdentity, ProgramTypeName } from "@typebpf/abi";
import type { ts } from "ts-morph";
import type { DslExport } from "./dsl.ts";

/** A function of the author's, by its declaration. */
export type FunctionNode = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction;

/** Names around a function that is evaluated at compile time. */
export interface Closure {
  /** "runtime" for a variable of run time; undefined for names from elsewhere. */
  get(symbol: ts.Symbol): Constant | "runtime" | undefined;
  /** False where there is no such variable to assign. */
  set(symbol: ts.Symbol, value: Constant): boolean;
}

/** A value known at compile time. */
export type Constant =
  /** Exactly the number that JavaScript computes; may be a fraction until it is used. */
  | { readonly kind: "number"; readonly value: number }
  /** Without a sign of its own it takes that of what it meets; with one it lies in the range of the 64-bit type. */
  | { readonly kind: "bigint"; readonly value: bigint; readonly signed: boolean | undefined }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "nothing" }
  | { readonly kind: "object"; readonly members: ReadonlyMap<string, Constant> }
  | { readonly kind: "array"; readonly items: readonly Constant[] }
  /** A schema or a bit field; `value` is the DSL's own object. */
  | { readonly kind: "schema"; readonly layout: Layout; readonly value: unknown }
  | MapConstant
  | ProgramConstant
  /** `noinline`: the author wants a function of its own. */
  | {
      readonly kind: "function";
      readonly declaration: FunctionNode;
      readonly closure?: Closure;
      readonly noinline?: true;
    }
  | { readonly kind: "dsl"; readonly entry: DslExport }
  /** A name of the library: Math, BigInt, Object, Boolean, Number. */
  | { readonly kind: "global"; readonly name: string }
  /** `import * as name`. */
  | { readonly kind: "module"; readonly symbol: ts.Symbol }
  /** Could not be evaluated; a diagnostic was given. */
  | { readonly kind: "poison" };

/** A map, known by its declaration. */
export interface MapConstant {
  readonly kind: "map";
  readonly spec: MapSpec;
  readonly operations: readonly string[];
  /** Of a map of maps: what those in it are like. */
  readonly inner?: MapConstant;
  /** Of an array of programs: what lies in its slots from the start, by declaration or by name, and the names of slots. */
  readonly programs?: readonly (ProgramConstant | string | null)[];
  readonly slots?: readonly string[];
  /** Where it is declared: distinguishes maps of one name. */
  readonly declaration: ts.Node;
  /** The DSL's own description. */
  readonly value: unknown;
}

/** A program, before its function is converted. */
export interface ProgramConstant {
  readonly kind: "program";
  readonly type: ProgramTypeName;
  readonly of: ProgramIdentity;
  /** libbpf's section name. */
  readonly section: string;
  readonly handler: FunctionNode;
  readonly call: ts.CallExpression;
}

/** The value that stands for one that could not be evaluated. */
export const poisonConstant: Constant = { kind: "poison" };

/** The integer constants that may stand in program text as they are. */
export type ScalarConstant = Extract<Constant, { readonly kind: "number" | "bigint" | "boolean" | "nothing" }>;

/** True for what becomes an expression of run time when it is used. */
export function isScalar(value: Constant): value is ScalarConstant {
  return value.kind === "number" || value.kind === "bigint" || value.kind === "boolean" || value.kind === "nothing";
}

/** What a constant is, for messages. */
export function describeConstant(value: Constant): string {
  switch (value.kind) {
    case "number":
    case "boolean":
      return `${value.value}`;
    case "bigint":
      return `${value.value}n`;
    case "string":
      return "text";
    case "nothing":
      return "undefined";
    case "object":
      return "an object";
    case "array":
      return "an array";
    case "schema":
      return "a schema";
    case "map":
      return `the map ${value.spec.name}`;
    case "program":
      return "a program";
    case "function":
      return "a function";
    case "dsl":
      return `${value.entry.name} of the DSL`;
    case "global":
      return value.name;
    case "module":
      return "a module";
    case "poison":
      return "an invalid value";
    default:
      return value satisfies never;
  }
}
