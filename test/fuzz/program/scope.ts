// What a place in a program can name: variables with their ranges, refs and what may be none, objects in registers,
// functions, labels. An inner scope sees the outer one's; what it declares ends with it.
import type { MemoryShape } from "./shapes.ts";

/** A variable of a number. What is assigned inside of loops keeps its range; elsewhere the range grows. */
export interface NumberVariable {
  readonly name: string;
  low: number;
  high: number;
  readonly plain: boolean;
  readonly mutable: boolean;
  /** A loop counts with it. */
  readonly counter?: boolean;
}

export interface OtherVariable {
  readonly name: string;
  readonly mutable: boolean;
}

/** A ref that is there. */
export interface Reference {
  readonly text: string;
  readonly shape: MemoryShape;
  readonly memory: "packet" | "stack" | "map" | "global";
  /** The map whose value it is. */
  readonly map?: string;
  /** A typed array: of its own kind, and no schema makes another. */
  readonly buffer?: boolean;
  /** It lies at any offset of other bytes. */
  readonly part?: boolean;
}

/** A DataView. */
export interface Buffer {
  readonly data: string;
  /** Bytes that it reaches. */
  readonly size: number;
  readonly array: string;
}

/** What a function takes. */
export type ParameterKind =
  | { readonly kind: "number"; readonly low: number; readonly high: number }
  | { readonly kind: "bigint" | "boolean" }
  | { readonly kind: "ref"; readonly shape: MemoryShape }
  | { readonly kind: "point" | "callback" };

/** A function of the module. */
export interface Callable {
  readonly name: string;
  readonly parameters: readonly ParameterKind[];
  readonly returns: "number" | "bigint" | "boolean" | "void";
  readonly low: number;
  readonly high: number;
  /** Not inlined. */
  readonly kept: boolean;
  /** Copies of its body that a call makes. */
  readonly cost: number;
}

export class Scope {
  readonly numbers: NumberVariable[];
  readonly bigints: OtherVariable[];
  readonly booleans: OtherVariable[];
  readonly references: Reference[];
  /** Constants whose value is a ref or undefined. */
  readonly maybes: Reference[];
  /** Numbers that may be undefined. */
  readonly optionals: NumberVariable[];
  /** Objects `{ x: number, y: number }` in registers. */
  readonly points: OtherVariable[];
  readonly callables: Callable[];
  readonly buffers: Buffer[];
  readonly labels: { readonly name: string; readonly loop: boolean }[];
  /** What `break` leaves, innermost. */
  inLoop = false;
  inSwitch = false;
  /** Text that returns from here; undefined where nothing does. */
  leave: (() => string) | undefined;
  /** `ctx` is there. */
  context = false;

  constructor(outer?: Scope) {
    this.numbers = [...(outer?.numbers ?? [])];
    this.bigints = [...(outer?.bigints ?? [])];
    this.booleans = [...(outer?.booleans ?? [])];
    this.references = [...(outer?.references ?? [])];
    this.maybes = [...(outer?.maybes ?? [])];
    this.optionals = [...(outer?.optionals ?? [])];
    this.points = [...(outer?.points ?? [])];
    this.callables = [...(outer?.callables ?? [])];
    this.buffers = [...(outer?.buffers ?? [])];
    this.labels = [...(outer?.labels ?? [])];
    this.inLoop = outer?.inLoop ?? false;
    this.inSwitch = outer?.inSwitch ?? false;
    this.leave = outer?.leave;
    this.context = outer?.context ?? false;
  }

  inner(): Scope {
    return new Scope(this);
  }
}
