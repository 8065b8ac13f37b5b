// Lowering: typed AST → SSA IR, one function per program, calls of the author's functions inlined but for those that stay
// functions (subprograms.ts). Takes a module that the front end gave without errors; ensures well-formed IR in which what
// analyze/ must prove stands as asserts.
import {
  type DataSection,
  type Diagnostic,
  type DiagnosticRow,
  diagnostic,
  type Layout,
  programKinds,
  programTypes,
  type ReturnRow,
  returnValues,
  type Span,
} from "@typebpf/abi";
import type { AstFunction, AstProgram, Expr, Statement, TypedModule } from "../ast/nodes.ts";
import type { BlockId, IrFunction, IrModule, SlotId, ValueId } from "../ir/function.ts";
import type { IrType } from "../ir/types.ts";
import { idOf, newCell, none, readCell, type Value, writeCell } from "./cells.ts";
import { lowerCondition } from "./conditions.ts";
import { lowerDiagnostics } from "./diagnostics.ts";
import { discard } from "./discard.ts";
import { constant } from "./emit.ts";
import { returnsOf } from "./freshness.ts";
import type { Frame, Held, Lowering, Reservation } from "./lowering.ts";
import { ReadOnlyData } from "./read-only-data.ts";
import { lowerExpr, lowerStatement } from "./registry.ts";
import { endReservations, innermostLoop, openReservations } from "./reservations.ts";
import { nullValue, SsaBuilder } from "./ssa-builder.ts";
import { leafNames, leavesOf, type SubprogramRequest, Subprograms } from "./subprograms.ts";

/** Instructions of one program after inlining. */
const budget = 200_000;

/** What lowering may do. */
export interface LoweringOptions {
  /** Reach the value of a single-entry array by its address: true by default. ELF objects cannot say that. */
  readonly directMapValues?: boolean;
}

/** Lowers every program of the module; the functions that they call stand behind them, callees first. */
export function lowerModule(
  module: TypedModule,
  { directMapValues = true }: LoweringOptions = {},
): {
  readonly module: IrModule;
  /** Global data, constant tables among it. */
  readonly sections: readonly DataSection[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const diagnostics: Diagnostic[] = [];
  const data = new ReadOnlyData();
  const subprograms: Subprograms = new Subprograms(module, (request) =>
    lowerFunction({ module, diagnostics, subprograms, data, directMapValues }, request.program, request),
  );
  const shared: Shared = { module, diagnostics, subprograms, data, directMapValues };
  const programs = module.programs.map((program) => lowerFunction(shared, program));
  const sections = [...module.sections, ...data.sections()];
  return {
    module: { functions: [...programs, ...subprograms.functions] },
    sections,
    diagnostics: unique(diagnostics),
  };
}

/** A function that is inlined twice reports its errors twice. */
function unique(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((one) => [JSON.stringify([one.code, one.message, one.at]), one])).values()];
}

function functionAt(module: TypedModule, index: number): AstFunction {
  const found = module.functions[index];
  if (!found) throw new Error(`lower: no function ${index}`);
  return found;
}

/** What the functions of a module share. */
interface Shared extends Pick<Lowering, "data" | "directMapValues"> {
  readonly module: TypedModule;
  readonly diagnostics: Diagnostic[];
  readonly subprograms: Subprograms;
}

function lowerFunction(shared: Shared, program: AstProgram, request?: SubprogramRequest): IrFunction {
  const lowering = new FunctionLowering(shared, program, request);
  lowering.statements(lowering.frame.function.body);
  const range = request ? undefined : rangeOf(program);
  return { ...lowering.finish(), program: program.type, ...(range && { returns: { min: range[0], max: range[1] } }) };
}

/** What the kernel lets the program return; undefined for anything. */
function rangeOf({ kind }: AstProgram): ReturnRow["range"] {
  const row: ReturnRow = returnValues[programKinds[kind].returns];
  return row.range;
}

class FunctionLowering implements Lowering {
  readonly module: TypedModule;
  readonly program: AstProgram;
  readonly build: SsaBuilder;
  readonly data: ReadOnlyData;
  readonly directMapValues: boolean;
  readonly #diagnostics: Diagnostic[];
  readonly #subprograms: Subprograms;
  readonly #request: SubprogramRequest | undefined;
  frame: Frame;
  readonly reserved = new Map<ValueId, Reservation>();
  readonly sockets = new Map<number, ValueId>();
  readonly clean = new Map<SlotId, Layout>();
  #failure: BlockId | undefined;
  /** Blocks that end the program while records are held. */
  readonly #failures: { readonly block: BlockId; readonly held: readonly Held[] }[] = [];
  #isTooLarge = false;

  constructor(shared: Shared, program: AstProgram, request: SubprogramRequest | undefined) {
    const callee = request?.callee ?? program.function;
    this.module = shared.module;
    this.data = shared.data;
    this.directMapValues = shared.directMapValues;
    this.program = program;
    this.#subprograms = shared.subprograms;
    this.#request = request;
    this.build = new SsaBuilder(functionAt(shared.module, callee).at);
    this.#diagnostics = shared.diagnostics;
    this.frame = this.#open(callee);
    this.#parameters(request?.types ?? []);
  }

  /** Binds what the function is called with; the context has a parameter of its own. */
  #parameters(types: readonly IrType[]): void {
    const { build, frame } = this;
    const given = types.values();
    for (const parameter of frame.function.parameters) {
      const cell = newCell(build, parameter.type);
      frame.locals.set(parameter.id, cell);
      if (parameter.type.kind === "context") {
        writeCell(build, cell, { kind: "scalar", id: build.context });
        continue;
      }
      const names = leafNames(cell, parameter.name);
      for (const [index, key] of leavesOf(cell).entries()) {
        const type = given.next().value;
        build.write(key, type === undefined ? nullValue : build.parameter(type, names[index]));
      }
    }
  }

  expr(expr: Expr): Value {
    return lowerExpr(this, expr);
  }

  scalar(expr: Expr): ValueId {
    return idOf(this.expr(expr));
  }

  discard(expr: Expr): void {
    discard(this, expr);
  }

  condition(expr: Expr, whenTrue: BlockId, whenFalse: BlockId): void {
    lowerCondition(this, expr, whenTrue, whenFalse);
  }

  statements(statements: readonly Statement[]): void {
    for (const statement of statements) {
      if (!this.build.reachable) return;
      lowerStatement(this, statement);
    }
  }

  #open(callee: number, after?: BlockId, caller?: Frame, calledAt?: Span): Frame {
    const fn = functionAt(this.module, callee);
    return {
      callee,
      function: fn,
      locals: new Map(),
      exits: new Map(),
      reservations: [],
      after,
      result: newCell(this.build, fn.result),
      returns: returnsOf(fn.body).length,
      caller,
      calledAt,
    };
  }

  #bind(variable: AstFunction["parameters"][number], value: Value): void {
    if (value.kind === "record" && !variable.mutable) {
      this.frame.locals.set(variable.id, value);
      return;
    }
    const cell = newCell(this.build, variable.type);
    this.frame.locals.set(variable.id, cell);
    writeCell(this.build, cell, value);
  }

  call(callee: number, args: readonly Value[], at: Span): Value {
    const { build } = this;
    const caller = this.frame;
    for (let open: Frame | undefined = caller; open; open = open.caller) {
      if (open.callee === callee) throw new Error(`lower: ${open.function.name} calls itself`);
    }
    const called = this.#subprograms.call(this, callee, args, at);
    if (called) return called;
    if (build.size > budget) return this.#tooLarge(callee, caller.calledAt ?? at);
    const after = build.block();
    this.frame = this.#open(callee, after, caller, caller.calledAt ?? at);
    const { function: fn } = this.frame;
    fn.parameters.forEach((parameter, index) => {
      this.#bind(parameter, args[index] ?? none);
    });
    this.statements(fn.body);
    const { result } = this.frame;
    this.frame = caller;
    build.jump(after, at);
    build.enterSealed(after);
    return readCell(build, result);
  }

  #tooLarge(callee: number, at: Span): Value {
    if (!this.#isTooLarge) {
      this.report(lowerDiagnostics.tooLarge, at, {
        message: `the program ${this.program.name} has more than ${budget.toLocaleString("en")} instructions after inlining`,
      });
    }
    this.#isTooLarge = true;
    return readCell(this.build, newCell(this.build, functionAt(this.module, callee).result));
  }

  failure(): BlockId {
    const loop = innermostLoop(this.frame);
    if (loop) {
      const block = this.build.block();
      loop.failures.push({ block, held: openReservations(this.frame, loop) });
      return block;
    }
    const held = openReservations(this.frame);
    if (held.length > 0) {
      const block = this.build.block();
      this.#failures.push({ block, held });
      return block;
    }
    this.#failure ??= this.build.block();
    return this.#failure;
  }

  report(
    row: DiagnosticRow,
    at: Span,
    details: { message?: string; notes?: readonly string[]; help?: string } = {},
  ): void {
    this.#diagnostics.push(diagnostic(row, { ...details, at }));
  }

  finish(): IrFunction {
    const { build, program } = this;
    const { at, result } = this.frame.function;
    const failure = this.#request ? 0 : Math.max(programTypes[program.type].failure, rangeOf(program)?.[0] ?? 0);
    const isRef = this.#request !== undefined && result.kind === "ref";
    const failed = (): ValueId => (isRef ? nullValue : constant(build, failure, at));
    if (build.reachable) build.return(failed(), at);
    for (const { block, held } of this.#failures) {
      build.enterSealed(block);
      endReservations(this, held, at);
      build.return(failed(), at);
    }
    if (this.#failure !== undefined) {
      build.enterSealed(this.#failure);
      build.return(failed(), at);
    }
    const conflict = (types: readonly IrType[], where: Span): void => {
      const spaces = types.map((type) => type.replace("ptr.", "")).join(" or ");
      this.report(lowerDiagnostics.mixedMemory, where, {
        message: `a ref may point into two kinds of memory: ${spaces}`,
      });
    };
    const name = this.#request?.name ?? program.name;
    return build.finish({ name, failure, conflict, returns: isRef ? "ptr.mapValue" : "i64" });
  }
}
