// The typed AST: what the front end hands to lowering. Plain data; every node has a span; names are resolved, constants
// evaluated, DSL operations recognised, every function converted once per list of argument types (so nothing is generic).
// What TypeScript would evaluate from left to right is lowered in that order.
import type {
  CalleeName,
  DataSection,
  FieldLayout,
  Layout,
  MapSpec,
  ProgramIdentity,
  ProgramTypeName,
  ScalarLayout,
  SourceText,
  Span,
  Target,
} from "@typebpf/abi";
import type { AstType } from "./types.ts";

/** A local variable or a parameter; `id` is unique in the module. */
export interface Variable {
  readonly id: number;
  readonly name: string;
  readonly type: AstType;
  /** `let` (assigned after its declaration) or not. */
  readonly mutable: boolean;
  readonly at: Span;
}

interface Node {
  readonly at: Span;
}

interface Typed extends Node {
  readonly type: AstType;
}

// ── Expressions ────────────────────────────────────────────────────────────────────────────────────────────────────

/** An integer constant of type number or bigint. */
export interface IntegerExpr extends Typed {
  readonly kind: "integer";
  readonly value: bigint;
}

export interface BooleanExpr extends Typed {
  readonly kind: "boolean";
  readonly value: boolean;
}

/** `undefined`; as a ref it is the null pointer. */
export interface NothingExpr extends Typed {
  readonly kind: "nothing";
}

export interface LocalExpr extends Typed {
  readonly kind: "local";
  readonly variable: Variable;
}

/** Global data by its address: a ref that is never null. The variable itself is a `field` of it without a field. */
export interface GlobalExpr extends Typed {
  readonly kind: "global";
  /** Name in `TypedModule.sections`. */
  readonly section: string;
  /** Bytes from its start. */
  readonly offset: number;
}

/** A member of a struct in memory, or `.value` of a scalar ref (then `field` is absent and the place is `object` itself). */
export interface FieldExpr extends Typed {
  readonly kind: "field";
  /** Has a ref type; proved non-null by TypeScript. */
  readonly object: Expr;
  readonly field: FieldLayout | undefined;
  /** Layout of the place: scalar or bits (type number or bigint), or struct or array (type ref). */
  readonly layout: Layout;
}

/** An item of an array in memory. */
export interface ElementExpr extends Typed {
  readonly kind: "element";
  /** A ref to an array layout. */
  readonly object: Expr;
  /** Of type number; must be proved in 0…length-1. */
  readonly index: Expr;
  readonly layout: Layout;
  readonly length: number;
  /**
   * Bytes from one index to the next where that is not the size of `layout`: 1 where the bytes of the array are seen as
   * something else. Then a scalar too may be seen as a ref, by `type`.
   */
  readonly stride?: number;
}

/** A member of a record, or an item of a tuple (name is its index in decimal). */
export interface MemberExpr extends Typed {
  readonly kind: "member";
  readonly object: Expr;
  readonly name: string;
}

/** `+ - * % & | ^ << >> >>>` on numbers; the same and `/` on bigints (`>>>` never on bigints). */
export type BinaryOperator = "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>" | ">>>";

/** Both operands have the type of the result (shift counts too). `/` on numbers is an `IntegerDivisionExpr`. */
export interface BinaryExpr extends Typed {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
}

/**
 * A number division that is made an integer at once, by Math's function of that name, with a divisor proved non-zero; or
 * by `| 0` and `>>> 0`: "int32" and "uint32" give 0 for a zero divisor and wrap to 32 bits after truncation.
 */
export interface IntegerDivisionExpr extends Typed {
  readonly kind: "integerDivision";
  readonly rounding: "trunc" | "floor" | "ceil" | "round" | "int32" | "uint32";
  readonly left: Expr;
  readonly right: Expr;
}

/** `-x` and `~x` on numbers and bigints; `!x` is a condition (`NotExpr`). */
export interface UnaryExpr extends Typed {
  readonly kind: "unary";
  readonly operator: "-" | "~";
  readonly operand: Expr;
}

/** Of type boolean; the operand has any type and counts by JavaScript's truthiness. */
export interface NotExpr extends Typed {
  readonly kind: "not";
  readonly operand: Expr;
}

export type CompareOperator = "===" | "!==" | "<" | "<=" | ">" | ">=";

/** Both sides number, both bigint of one sign, both boolean (=== and !== only), or a ref against `nothing`. */
export interface CompareExpr extends Typed {
  readonly kind: "compare";
  readonly operator: CompareOperator;
  readonly left: Expr;
  readonly right: Expr;
}

/** Short-circuit; the value is that of the deciding side, as in JavaScript. */
export interface LogicalExpr extends Typed {
  readonly kind: "logical";
  readonly operator: "&&" | "||" | "??";
  readonly left: Expr;
  readonly right: Expr;
}

export interface ConditionalExpr extends Typed {
  readonly kind: "conditional";
  readonly condition: Expr;
  readonly whenTrue: Expr;
  readonly whenFalse: Expr;
}

/** What can be assigned to. */
export type PlaceExpr = LocalExpr | FieldExpr | ElementExpr | MemberExpr | ContextFieldExpr;

/** `target = value`; with `operator`, `target = target operator value` with the target's object evaluated once. */
export interface AssignExpr extends Typed {
  readonly kind: "assign";
  readonly target: PlaceExpr;
  readonly operator?: BinaryOperator | "&&" | "||" | "??";
  readonly value: Expr;
}

/** `++` and `--`: the value is the old one (postfix) or the new one (prefix). */
export interface UpdateExpr extends Typed {
  readonly kind: "update";
  readonly target: PlaceExpr;
  readonly operator: "+" | "-";
  readonly prefix: boolean;
}

/** A call of a function of the module, by its converted instance. */
export interface CallExpr extends Typed {
  readonly kind: "call";
  /** Index in `TypedModule.functions`. */
  readonly callee: number;
  readonly args: readonly Expr[];
}

/**
 * `loop(count, body)`: how often the body ran. The body is part of the function around it, whose variables it names; its
 * parameter is the index, and its `return false` ends the loop, any other `return` the iteration.
 */
export interface LoopCallExpr extends Typed {
  readonly kind: "loopCall";
  readonly count: Expr;
  readonly body: AstFunction;
}

/** `map.forEach(body)`: as `loop`, with parameters for the key, by value where it is a scalar, and a ref to the value. */
export interface ForEachExpr extends Typed {
  readonly kind: "forEach";
  /** Name in `TypedModule.maps`. */
  readonly map: string;
  readonly body: AstFunction;
}

/** A scalar schema called as a cast: `u8(x)`, `u32(bigint)`, `u64(number)`. Truncates, then zero- or sign-extends. */
export interface CastExpr extends Typed {
  readonly kind: "cast";
  readonly to: ScalarLayout;
  readonly value: Expr;
}

/** `BigInt(n)`: a number as a bigint. Where that is unsigned, the number must be proved not to be negative. */
export interface ToBigintExpr extends Typed {
  readonly kind: "toBigint";
  readonly value: Expr;
}

/** `Number(b)`: a bigint as a number, which must be proved to hold it exactly. */
export interface ToNumberExpr extends Typed {
  readonly kind: "toNumber";
  readonly value: Expr;
}

/** `BigInt.asUintN(bits, x)` and `BigInt.asIntN(bits, x)`, 0 ≤ bits ≤ 64. */
export interface WrapExpr extends Typed {
  readonly kind: "wrap";
  readonly bits: number;
  readonly signed: boolean;
  readonly value: Expr;
}

/** `Math.*` on numbers. `trunc`, `floor`, `round`, `ceil` of an integer are the identity and never appear here. */
export interface MathExpr extends Typed {
  readonly kind: "math";
  readonly function: "imul" | "min" | "max" | "abs" | "clz32" | "sign";
  readonly args: readonly Expr[];
}

/** What fills memory of a layout: a scalar or a whole aggregate by value, or part by part. Evaluated left to right. */
export type Initializer =
  | { readonly kind: "value"; readonly value: Expr }
  | { readonly kind: "struct"; readonly parts: readonly StructPart[]; readonly at: Span }
  /** Items from index 0 on; the rest is zero. */
  | { readonly kind: "array"; readonly items: readonly Initializer[]; readonly at: Span }
  /** Constant bytes from the start on; the rest is zero. */
  | { readonly kind: "bytes"; readonly bytes: readonly number[]; readonly at: Span };

/** One part of a struct literal; later parts overwrite earlier ones. */
export type StructPart =
  | { readonly kind: "field"; readonly field: FieldLayout; readonly value: Initializer }
  /** All fields of a ref to a struct of the same layout, copied; or those of a record or of another struct, by name. */
  | { readonly kind: "spread"; readonly source: Expr };

/** A fresh struct or array on the stack: zero-filled, then initialised. Type ref, never null. */
export interface ConstructExpr extends Typed {
  readonly kind: "construct";
  readonly layout: Layout;
  readonly init?: Initializer;
}

/** A plain object: members in registers. Spread of records is already expanded into members. */
export interface RecordExpr extends Typed {
  readonly kind: "record";
  readonly members: readonly { readonly name: string; readonly value: Expr }[];
}

export interface TupleExpr extends Typed {
  readonly kind: "tuple";
  readonly items: readonly Expr[];
}

/** `Object.assign(target, …)`: the parts are copied over the target; the value is the target. */
export interface AssignAllExpr extends Typed {
  readonly kind: "assignAll";
  /** A ref to a struct. */
  readonly target: Expr;
  readonly parts: readonly StructPart[];
}

/** `a, b, c`: the value of the last. */
export interface SequenceExpr extends Typed {
  readonly kind: "sequence";
  readonly items: readonly Expr[];
}

/** `ctx.packet.at(offset, schema)`: a nullable ref; an offset outside 0…0xffff gives undefined. */
export interface PacketAtExpr extends Typed {
  readonly kind: "packetAt";
  readonly context: Expr;
  readonly offset: Expr;
  readonly layout: Layout;
}

/** `ctx.packet.length`. */
export interface PacketLengthExpr extends Typed {
  readonly kind: "packetLength";
  readonly context: Expr;
}

/**
 * A field of the context, by its name in C. As the target of an assignment only where the row says readWrite. An array
 * without an index is a copy of it on the stack.
 */
export interface ContextFieldExpr extends Typed {
  readonly kind: "contextField";
  readonly context: Expr;
  readonly field: string;
  /** Which item, where the field is an array. */
  readonly index?: number;
}

/** A text that lies behind the context's fields: its length, or a copy of the layout `fills`, a nullable ref. */
export interface ContextTextExpr extends Typed {
  readonly kind: "contextText";
  readonly context: Expr;
  readonly field: string;
  readonly fills?: Layout;
}

/**
 * A helper that the row exposes on the context. `args` are the row's integers and memory, in the row's order: a ref to
 * memory, nothing where null is allowed, or a number where the row takes one. Memory to fill is not among them where it is
 * a fresh place of the layout `fills`; the value is then a nullable ref to it, null where the helper fails. `text` is the
 * row's constant text. An argument whose order of bytes the flags say has constant flags.
 */
export interface HelperExpr extends Typed {
  readonly kind: "helper";
  readonly helper: CalleeName;
  readonly context: Expr;
  readonly args: readonly Expr[];
  readonly fills?: Layout;
  readonly text?: string;
}

/** `bytesEqual(bytes, text)`: the ref has an array layout of as many bytes. */
export interface BytesEqualExpr extends Typed {
  readonly kind: "bytesEqual";
  readonly object: Expr;
  /** What they are compared with: constant bytes, or a ref to as many. */
  readonly bytes: readonly number[] | Expr;
}

/** An operation of a map. `key` fills the map's key layout, `value` its value layout. */
export interface MapExpr extends Typed {
  readonly kind: "map";
  readonly operation: "get" | "has" | "set" | "delete";
  /** Name in `TypedModule.maps`; with `handle` that of the map of maps which gave the map. */
  readonly map: string;
  /** The map itself, where it is known only at run time. */
  readonly handle?: Expr;
  readonly key: Initializer;
  readonly value?: Initializer;
  readonly flags?: Expr;
}

/** `record.submit(flags)` and `record.discard(flags)`: gives the record of an open `using` back. */
export interface ReleaseExpr extends Typed {
  readonly kind: "release";
  /** The variable of a `UsingStatement` of the same function. */
  readonly record: Variable;
  readonly submit: boolean;
  readonly flags?: Expr;
}

/**
 * An operation of a map that is a helper: `ring.output(value)`, `jumps.tailCall(ctx, 2)`. What the author wrote, in that
 * order; the map, the context and sizes are filled in, and what is not here is left out. A value of the map that the helper
 * fills is a fresh place; the value is then a nullable ref to it, null for any status but 0.
 */
export interface MapHelperExpr extends Typed {
  readonly kind: "mapHelper";
  readonly helper: CalleeName;
  /** Name in `TypedModule.maps`; with `handle` that of the map of maps which gave the map. */
  readonly map: string;
  /** The map itself, where it is known only at run time. */
  readonly handle?: Expr;
  readonly args: readonly MapArgument[];
}

/** `init` fills a key, a value or a record of the map, or is the number of an integer argument. */
export interface MapArgument {
  /** The argument's name in the helper's row. */
  readonly name: string;
  readonly init: Initializer;
}

/** `atomicAdd(target, field, value)` and its siblings: the old value. Native 32- or 64-bit places, never in a packet. */
export interface AtomicExpr extends Typed {
  readonly kind: "atomic";
  readonly operation: "add" | "and" | "or" | "xor" | "xchg" | "cmpxchg";
  readonly target: FieldExpr | ElementExpr;
  readonly value: Expr;
  /** Of "cmpxchg": the value is stored only where this is the old one. Evaluated before `value`. */
  readonly expected?: Expr;
}

/** A line to trace: one text more than values, which are of type number or bigint. Of type nothing. */
export interface TraceExpr extends Typed {
  readonly kind: "trace";
  readonly texts: readonly string[];
  readonly values: readonly Expr[];
}

/**
 * A constant table indexed at run time: `TABLE[i]`, `TABLE[i][j]`, one column of `TABLE[i].port`; booleans are 0 and 1.
 * Each index must be proved in range.
 */
export interface TableExpr extends Typed {
  readonly kind: "table";
  readonly name: string;
  /** Rows one after another. */
  readonly values: readonly bigint[];
  /** Outermost first; the product of the lengths is the number of values. */
  readonly indices: readonly { readonly index: Expr; readonly length: number }[];
}

/** Takes the place of what could not be converted; a diagnostic was given. Lowering never sees it. */
export interface PoisonExpr extends Typed {
  readonly kind: "poison";
}

export type Expr =
  | IntegerExpr
  | BooleanExpr
  | NothingExpr
  | LocalExpr
  | GlobalExpr
  | FieldExpr
  | ElementExpr
  | MemberExpr
  | BinaryExpr
  | IntegerDivisionExpr
  | UnaryExpr
  | NotExpr
  | CompareExpr
  | LogicalExpr
  | ConditionalExpr
  | AssignExpr
  | UpdateExpr
  | CallExpr
  | LoopCallExpr
  | ForEachExpr
  | CastExpr
  | ToBigintExpr
  | ToNumberExpr
  | WrapExpr
  | MathExpr
  | ConstructExpr
  | RecordExpr
  | TupleExpr
  | AssignAllExpr
  | SequenceExpr
  | PacketAtExpr
  | PacketLengthExpr
  | ContextFieldExpr
  | ContextTextExpr
  | HelperExpr
  | BytesEqualExpr
  | MapExpr
  | ReleaseExpr
  | MapHelperExpr
  | AtomicExpr
  | TraceExpr
  | TableExpr
  | PoisonExpr;

// ── Statements ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** A declaration; without `init` the variable must be assigned before it is read (TypeScript checks that). */
export interface LetStatement extends Node {
  readonly kind: "let";
  readonly variable: Variable;
  readonly init?: Expr;
}

export interface ExpressionStatement extends Node {
  readonly kind: "expression";
  readonly value: Expr;
}

export interface IfStatement extends Node {
  readonly kind: "if";
  readonly condition: Expr;
  readonly whenTrue: readonly Statement[];
  readonly whenFalse: readonly Statement[];
}

/** All loops: `for` (init lowered before it as `let`), `while` (no update), `do` (`testFirst` false). */
export interface LoopStatement extends Node {
  readonly kind: "loop";
  /** What `break` and `continue` name. */
  readonly id: number;
  readonly init: readonly Statement[];
  readonly condition?: Expr;
  readonly update?: Expr;
  readonly body: readonly Statement[];
  readonly testFirst: boolean;
}

/** Cases in source order with fall-through; `tests` are compared with `===`, `isDefault` marks the default clause. */
export interface SwitchStatement extends Node {
  readonly kind: "switch";
  /** What `break` names. */
  readonly id: number;
  readonly subject: Expr;
  readonly cases: readonly { readonly test?: Expr; readonly body: readonly Statement[]; readonly at: Span }[];
}

/** Leaves the loop, switch or labelled block with this id. */
export interface BreakStatement extends Node {
  readonly kind: "break";
  readonly target: number;
}

export interface ContinueStatement extends Node {
  readonly kind: "continue";
  readonly target: number;
}

export interface ReturnStatement extends Node {
  readonly kind: "return";
  readonly value?: Expr;
}

/** A block that `break` may leave by id, or a plain block. */
export interface BlockStatement extends Node {
  readonly kind: "block";
  readonly id: number;
  readonly body: readonly Statement[];
}

/**
 * `using record = ring.reserve()` and the rest of its block, the record's scope. The variable is a nullable ref to a record
 * that is zero at first; where the scope ends on a path that has not released it, it is discarded.
 */
export interface UsingStatement extends Node {
  readonly kind: "using";
  readonly variable: Variable;
  /** The ring by its name in `TypedModule.maps`, or the lookup that gives a socket, which is released instead. */
  readonly of: { readonly kind: "ring"; readonly map: string } | HelperExpr;
  readonly body: readonly Statement[];
}

/** `using lock = entry.lock.acquire()` and the rest of its block, in which the lock is held. */
export interface LockStatement extends Node {
  readonly kind: "lock";
  /** A ref to the lock, in the value of a map. */
  readonly lock: Expr;
  readonly body: readonly Statement[];
}

export type Statement =
  | LetStatement
  | ExpressionStatement
  | IfStatement
  | LoopStatement
  | SwitchStatement
  | BreakStatement
  | ContinueStatement
  | ReturnStatement
  | BlockStatement
  | UsingStatement
  | LockStatement;

// ── Module ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A function converted for one list of argument types. */
export interface AstFunction {
  readonly name: string;
  readonly parameters: readonly Variable[];
  readonly result: AstType;
  readonly body: readonly Statement[];
  /** The author wants it to be a function of its own. */
  readonly noinline?: true;
  readonly at: Span;
}

export interface AstProgram extends ProgramIdentity {
  /** Name of the export. */
  readonly name: string;
  /** libbpf's section name. */
  readonly section: string;
  readonly type: ProgramTypeName;
  /** Index in `TypedModule.functions`; its first parameter, where it has one, is the context. */
  readonly function: number;
  readonly at: Span;
}

export interface TypedModule {
  readonly maps: readonly MapSpec[];
  /** Global data. */
  readonly sections: readonly DataSection[];
  readonly programs: readonly AstProgram[];
  readonly functions: readonly AstFunction[];
  readonly license: string;
  readonly target: Target;
  readonly sources: readonly SourceText[];
}
