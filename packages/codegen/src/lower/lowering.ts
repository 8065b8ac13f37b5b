// The state of lowering one program, which every lowering function takes first. The functions of the registries reach
// each other through it, so that no file of them imports another in a circle.
import type { Diagnostic, DiagnosticRow, Layout, Span } from "@typebpf/abi";
import type { AstFunction, AstProgram, Expr, Statement, TypedModule } from "../ast/nodes.ts";
import type { BlockId, SlotId, ValueId } from "../ir/function.ts";
import type { Cell, Value } from "./cells.ts";
import type { ReadOnlyData } from "./read-only-data.ts";
import type { SsaBuilder, VariableKey } from "./ssa-builder.ts";

/** Where `break` and `continue` of one statement go. */
export interface Exits {
  readonly break: BlockId;
  readonly continue?: BlockId;
  /** How many reservations of the frame were open around the statement; those after them end when it is left. */
  readonly reservations: number;
}

/** A record that was asked for in a ring buffer, while its scope is open. */
export interface Reservation {
  readonly variable: number;
  /** Null where the ring was full. */
  readonly pointer: ValueId;
  /** Constants 0 and 1. */
  readonly no: ValueId;
  readonly yes: ValueId;
  /** 1 where there is a record. */
  readonly present: VariableKey;
  /** 1 where there is one that was not released. */
  readonly held: VariableKey;
  /** The pointer, null where the record was released: what the end of the scope discards. */
  readonly live: VariableKey;
  /** Gives the pointer back where the scope ends. */
  discard(live: ValueId, at: Span): void;
}

/** A lock while its scope is open. */
export interface HeldLock {
  readonly lock: ValueId;
}

/** What the end of a scope gives back. */
export type Held = Reservation | HeldLock;

/** Where `return` goes in the body of a `loop`. */
export interface LoopExits {
  readonly next: BlockId;
  readonly stop: BlockId;
  /** Impossible ways out of the body, with what it holds there. */
  readonly failures: { readonly block: BlockId; readonly held: readonly Held[] }[];
}

/** One function while it is inlined. */
export interface Frame {
  readonly callee: number;
  readonly function: AstFunction;
  readonly locals: Map<number, Cell>;
  readonly exits: Map<number, Exits>;
  /** Open reservations and locks, outermost first. */
  readonly reservations: Held[];
  /** Where `return` goes; absent in the program itself, whose `return` ends it. */
  readonly after: BlockId | undefined;
  /** Where `return` leaves the value. A record that only one `return` gives is shared, not copied. */
  result: Cell;
  readonly returns: number;
  readonly caller: Frame | undefined;
  /** Of the body of a `loop`, which is a part of its caller. */
  readonly loop?: LoopExits;
  /** The call in the program itself that led here. */
  readonly calledAt: Span | undefined;
}

export interface Lowering {
  readonly module: TypedModule;
  readonly program: AstProgram;
  readonly build: SsaBuilder;
  /** Constant tables in memory, those of all programs. */
  readonly data: ReadOnlyData;
  /** Whether single-entry arrays may be reached by address. */
  readonly directMapValues: boolean;
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

  /** Sockets of the context, by the offset of their field: loaded as the function begins. */
  readonly sockets: Map<number, ValueId>;

  /** By pointer: a test of such a pointer is a test of `present`. */
  readonly reserved: Map<ValueId, Reservation>;

  /** Slots that were filled whole when they were made, with the layout whose padding is zero in them ever since. */
  readonly clean: Map<SlotId, Layout>;

  /** Inlines a function. */
  call(callee: number, args: readonly Value[], at: Span): Value;
  /** The block that ends the program with its type's failure value; only impossible paths lead there. */
  failure(): BlockId;
  report(row: DiagnosticRow, at: Span, details?: Partial<Pick<Diagnostic, "message" | "notes" | "help">>): void;
}
