// What all conversions share: the module being made, and the scope of the function instance being converted. The
// dispatch comes in from the registry, so that converters do not import each other in circles.
import type { Span } from "@typebpf/abi";
import type { ts } from "ts-morph";
import type { AstFunction, Expr, PoisonExpr, Statement, Variable } from "../../ast/nodes.ts";
import type { AstType } from "../../ast/types.ts";
import type { FrontendDiagnostic } from "../../diagnostics.ts";
import type { ConstantScope, Evaluator } from "../constants/evaluation.ts";
import type { Globals } from "../globals.ts";
import type { ReportDetails, Reporter } from "../reporter.ts";
import type { Symbols } from "../symbols.ts";
import type { Constant, FunctionNode, MapConstant } from "../values.ts";

/** Entry points of conversion, given by the registry. */
export interface Dispatch {
  /** Any expression, as a value. Aggregates and poison included; reports what it refuses. */
  expression(node: ts.Expression, scope: Scope): Expr;
  /** Any statement; may give none or several. */
  statement(node: ts.Statement, scope: Scope): readonly Statement[];
}

/** A function converted for one list of arguments. */
export interface Instance {
  /** Index in the module's functions; undefined after an error in it. */
  readonly index: number | undefined;
  readonly result: AstType;
  /** Constants of outer functions that it uses: passed as further arguments. */
  readonly captures: readonly ts.Symbol[];
}

/** The module being converted. */
export interface ModuleContext {
  readonly symbols: Symbols;
  readonly evaluator: Evaluator;
  readonly globals: Globals;
  readonly reporter: Reporter;
  readonly dispatch: Dispatch;
  readonly functions: AstFunction[];
  readonly instances: Map<string, Instance>;
  /** Instances being converted, outermost first: one that is met again is recursive. */
  readonly open: { readonly declaration: FunctionNode; readonly key: string }[];
  /** Maps that the programs use, by declaration. */
  readonly maps: Map<ts.Node, MapConstant>;
  /** Variables that are assigned after their declaration. */
  readonly assigned: ReadonlySet<ts.Symbol>;
  /** A number for a variable, a loop or a block, unique in the module. */
  nextId(): number;
}

/** What a local name stands for. */
export type Binding =
  | {
      readonly kind: "variable";
      readonly variable: Variable;
      readonly fresh: boolean;
      /** A record that `using` declared here, which may be released by this name. */
      readonly reserved?: true;
    }
  | { readonly kind: "constant"; readonly constant: Constant }
  /** Its value could not be converted. */
  | { readonly kind: "poison" };

/** A loop, switch or labelled block that encloses a statement. */
export interface JumpTarget {
  readonly id: number;
  readonly labels: readonly string[];
  readonly kind: "loop" | "switch" | "block";
  /** Where `continue` goes when it is not the loop itself: the block of an unrolled iteration. */
  readonly continueBlock?: number;
}

/** A return statement whose value is made to fit the function's result when all are known. */
export interface PendingReturn {
  readonly kind: "return";
  readonly at: Span;
  value?: Expr;
}

/** One function instance being converted. */
export interface Scope extends ConstantScope {
  readonly module: ModuleContext;
  readonly declaration: FunctionNode;
  /** A function literal that is a part of the function around it: it shares that one's variables. */
  readonly isPart?: true;
  /** Instances whose names this one may capture: of the function around it, and of those around functions passed to it. */
  readonly outer: readonly Scope[];
  /** Tells instances apart. */
  readonly id: number;
  /** Counts the repetitions of loop bodies: what names stand for differs between them. */
  round: number;
  readonly bindings: Map<ts.Symbol, Binding>;
  /** Parameters for captured constants of outer functions. */
  readonly captures: Map<ts.Symbol, Variable>;
  readonly returns: PendingReturn[];
  readonly targets: JumpTarget[];
  /** Expressions already converted, by node: the object of an optional chain while its members are converted. */
  readonly substitutes: Map<ts.Node, Expr>;
  /** Declarations of temporaries that go before the statement being converted. */
  pending: Statement[];
}

/** The span of a node. */
export function spanOf(node: ts.Node, scope: Scope): Span {
  return scope.module.reporter.spans.of(node);
}

/** Reports a finding and gives the poison that takes the expression's place. */
export function refuse(
  name: FrontendDiagnostic,
  at: ts.Node | Span,
  scope: Scope,
  details: ReportDetails = {},
): PoisonExpr {
  scope.module.reporter.report(name, at, details);
  return poison("kind" in at ? spanOf(at, scope) : at);
}

/** Stands for an expression that was refused. */
export function poison(at: Span): PoisonExpr {
  return { kind: "poison", type: { kind: "nothing" }, at };
}

/** Converts an expression. */
export function convertExpression(node: ts.Expression, scope: Scope): Expr {
  return scope.module.dispatch.expression(node, scope);
}

/** The constant that an expression is. */
export function evaluate(node: ts.Expression, scope: Scope): Constant | undefined {
  return scope.module.evaluator.evaluate(node, scope);
}

/** A new variable. */
export function newVariable(name: string, type: AstType, mutable: boolean, at: Span, scope: Scope): Variable {
  return { id: scope.module.nextId(), name, type, mutable, at };
}

/** The value of a variable. */
export function local(variable: Variable, at: Span): Expr {
  return { kind: "local", variable, type: variable.type, at };
}

/**
 * Makes an expression that can be used more than once: itself where it is a variable that does not change, else a
 * temporary, which `first` assigns.
 */
export function reusable(value: Expr, scope: Scope): { readonly first: Expr; readonly again: Expr } {
  if (value.kind === "local" && !value.variable.mutable) return { first: value, again: value };
  const variable = newVariable("temporary", value.type, true, value.at, scope);
  scope.pending.push({ kind: "let", variable, at: value.at });
  const target = { kind: "local", variable, type: value.type, at: value.at } as const;
  return { first: { kind: "assign", target, value, type: value.type, at: value.at }, again: target };
}

/** Gives a value a name, so that it can be used more than once; the declaration goes before the uses. */
export function named(value: Expr, scope: Scope): { readonly opening: readonly Statement[]; readonly again: Expr } {
  if (value.kind === "poison" || (value.kind === "local" && !value.variable.mutable))
    return { opening: [], again: value };
  const variable = newVariable("temporary", value.type, false, value.at, scope);
  return { opening: [{ kind: "let", variable, init: value, at: value.at }], again: local(variable, value.at) };
}
