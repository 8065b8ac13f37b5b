// What the parts of the evaluator share: the names in reach, and the way back to the evaluator itself.
import type { ts } from "ts-morph";
import type { Reporter } from "../reporter.ts";
import type { Resolution, Symbols } from "../symbols.ts";
import type { Constant } from "../values.ts";
import type { Frame } from "./frame.ts";

/** Names that are known inside a function. */
export interface ConstantScope {
  /** The call that is being evaluated; without one, names do not change. */
  readonly frame?: Frame;
  /** Results by node; one map per scope, because parameters differ between instances of a function. */
  readonly memo: Map<ts.Node, Constant | undefined>;
  /** The constant that a local name stands for; "runtime" for a variable; undefined for names from elsewhere. */
  lookup(symbol: ts.Symbol): Constant | "runtime" | undefined;
}

/** Evaluates expressions of one program. */
export interface Evaluator {
  /** At the top of a module without a scope. */
  evaluate(node: ts.Expression, scope?: ConstantScope): Constant | undefined;
  /** What a declared name of a module stands for. */
  resolved(resolution: Resolution | undefined, scope?: ConstantScope): Constant | undefined;
}

/** What the parts of the evaluator share. */
export interface Evaluation {
  /** The same inside of a call. */
  inFrame(frame: Frame): Evaluation;
  readonly symbols: Symbols;
  readonly reporter: Reporter;
  /** True at the top of a module. */
  readonly top: boolean;
  readonly scope: ConstantScope;
  evaluate(node: ts.Expression): Constant | undefined;
  resolved(resolution: Resolution | undefined): Constant | undefined;
}
