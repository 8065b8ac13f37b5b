// The state of lowering one program, which every lowering function takes first. The functions of the registries reach
// each other through it, so that no file of them imports another in a circle.
import type { Diagnostic, DiagnosticRow, Span } from "@typebpf/abi";
import type { AstFunction, AstProgram, Expr, Statement, TypedModule } from "../ast/nodes.ts";
import type { BlockId, ValueId } from "../ir/function.ts";
import type { Cell, Value } from "./cells.ts";
import type { SsaBuilder } from "./ssa-builder.ts";

/** Where `break` and `continue` of one statement go. */
export interface Exits {
  readonly break: BlockId;
  readonly continue?: BlockId;
}

/** One function while it is inlined. */
export interface Frame {
  readonly callee: number;
  readonly function: AstFunction;
  readonly locals: Map<number, Cell>;
  readonly exits: Map<number, Exits>;
  /** Where `return` goes; absent in the program itself, whose `return` ends it. */
  readonly after: BlockId | undefined;
  /** Where `return` leaves the value. A record that only one `return` gives is shared, not copied. */
  result: Cell;
  readonly returns: number;
  readonly caller: Frame | undefined;
  /** The call in the program itself that led here. */
  readonly calledAt: Span | undefined;
}

export interface Lowering {
  readonly module: TypedModule;
  readonly program: AstProgram;
  readonly build: SsaBuilder;
  frame: Frame;

  /** Lowers an expression and gives its value. */
  expr(expr: Expr): Value;
  /** Lowers an expression of one SSA value. */
  scalar(expr: Expr): ValueId;
  /** Lowers an expression whose value nobody wants. */
  discard(expr: Expr): void;
  /** Leaves the current block for one of two blocks, by the expression's truthiness. */
  condition(expr: Expr, whenTrue: BlockId, whenFalse: BlockId): void;
  statements(statements: readonly Statement[]): void;

  /** Inlines a function. */
  call(callee: number, args: readonly Value[], at: Span): Value;
  /** The block that ends the program with its type's failure value; only impossible paths lead there. */
  failure(): BlockId;
  report(row: DiagnosticRow, at: Span, details?: Partial<Pick<Diagnostic, "message" | "notes" | "help">>): void;
}
