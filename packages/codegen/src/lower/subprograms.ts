// Functions of the author that stay functions: called with at most five values in registers, verified by the kernel for each
// call with what the caller knows (kernel/bpf/verifier.c, check_func_call of static functions), so that refs of any memory
// may be passed. Lowered once per type of program and kinds of memory that their refs point into; records are passed member
// by member. What cannot be passed is inlined, or refused where the author wants a function of its own.
import { type CalleeRow, calleeNames, callees, type ProgramTypeName, type Span } from "@typebpf/abi";
import type { AstFunction, AstProgram, TypedModule } from "../ast/nodes.ts";
import type { AstType } from "../ast/types.ts";
import { walkNodes } from "../ast/walk.ts";
import { argsOf, argsOfEnd, entryOf, valueTypes } from "../ir/cfg.ts";
import type { IrFunction, ValueId } from "../ir/function.ts";
import type { IrType } from "../ir/types.ts";
import { type Cell, newCell, none, scalar, type Value, writeCell } from "./cells.ts";
import { KeptFunctions } from "./costs.ts";
import { lowerDiagnostics } from "./diagnostics.ts";
import type { Lowering } from "./lowering.ts";
import { movesPackets } from "./moves-packets.ts";
import type { SsaBuilder, VariableKey } from "./ssa-builder.ts";

/** Helpers that do not come back. */
const leaving: ReadonlySet<string> = new Set(
  calleeNames.filter((name) => (callees[name] as CalleeRow).effects.includes("leaves")),
);

/** A function to be lowered by itself. */
export interface SubprogramRequest {
  readonly callee: number;
  /** One of the programs that call it; they all have its type. */
  readonly program: AstProgram;
  readonly name: string;
  /** Types of what its parameters hold, behind the context. */
  readonly types: readonly IrType[];
}

interface Subprogram {
  readonly fn: IrFunction;
  readonly takesContext: boolean;
  readonly result: IrType;
  /** It gives refs into several kinds of memory. */
  readonly mixed: boolean;
  readonly movesPackets: boolean;
}

/** The cells of one value each that a cell consists of, in order. */
export function leavesOf(cell: Cell): readonly VariableKey[] {
  switch (cell.kind) {
    case "none":
      return [];
    case "variable":
      return [cell.key];
    case "optional":
      return [cell.present, cell.key];
    case "record": {
      const members = [...cell.members.values()].flatMap(leavesOf);
      return cell.present === undefined ? members : [cell.present, ...members];
    }
  }
}

/** Names for the cells of `leavesOf`, of a parameter. */
export function leafNames(cell: Cell, name: string): readonly string[] {
  switch (cell.kind) {
    case "none":
      return [];
    case "variable":
      return [name];
    case "optional":
      return [`${name}_given`, name];
    case "record": {
      const members = [...cell.members].flatMap(([member, inner]) => leafNames(inner, `${name}_${member}`));
      return cell.present === undefined ? members : [`${name}_given`, ...members];
    }
  }
}

/** All functions of a module that are not inlined. */
export class Subprograms {
  /** Each behind those that it calls. */
  readonly functions: IrFunction[] = [];
  readonly #module: TypedModule;
  readonly #lower: (request: SubprogramRequest) => IrFunction;
  readonly #known = new Map<string, Subprogram>();
  readonly #names: Set<string>;
  readonly #kept: KeptFunctions;

  constructor(module: TypedModule, lower: (request: SubprogramRequest) => IrFunction) {
    this.#module = module;
    this.#lower = lower;
    this.#names = new Set(module.programs.map((program) => program.name));
    this.#kept = new KeptFunctions(module.functions);
  }

  /** Calls the function where it is to stay one; undefined where it is to be inlined. */
  call(l: Lowering, callee: number, args: readonly Value[], at: Span): Value | undefined {
    const fn = this.#module.functions[callee];
    if (!fn || !(fn.noinline || this.#kept.has(callee, l.program.function))) return undefined;
    const problem = this.#problem(fn);
    const passed = problem === undefined ? passedValues(l.build, fn, args) : [];
    const types = passed.map((value) => typeOf(l.build, value));
    const isKnown = types.every((type) => type !== undefined);
    const called = problem === undefined && isKnown ? this.#find(l.program, callee, types) : undefined;
    const why =
      problem ?? (isKnown ? called && unreturnable(called) : "which memory a ref points into is not known here");
    if (called && why === undefined) return invoke(l, fn, called, passed, at);
    if (fn.noinline) l.report(lowerDiagnostics.notSubprogram, at, { message: `${fn.name}: ${why ?? ""}` });
    return undefined;
  }

  /** Why the function cannot be called as one. */
  #problem(fn: AstFunction): string | undefined {
    if (isAggregate(fn.result)) return "it returns an object, which has no memory";
    if (this.#leaves(fn)) return "it makes tail calls, which would leave the function and not the program";
    if (mayBeUndefined(fn.result)) return "it may give undefined, which takes two values";
    const takesObject = fn.parameters.some(({ type }) => isAggregate(type));
    if (takesObject && this.#writesMembers(fn)) return "it assigns to a member of an object, which has no memory";
    return undefined;
  }

  #leaves(fn: AstFunction): boolean {
    let found = false;
    walkNodes(fn.body, (node) => {
      if ("helper" in node && leaving.has(String(node.helper))) found = true;
      const callee = "callee" in node ? this.#module.functions[Number(node.callee)] : undefined;
      found ||= callee !== undefined && this.#leaves(callee);
    });
    return found;
  }

  #writesMembers(fn: AstFunction, seen: Set<AstFunction> = new Set()): boolean {
    if (seen.has(fn)) return false;
    seen.add(fn);
    let found = false;
    walkNodes(fn.body, (node) => {
      if ("target" in node && (node.target as { kind?: string }).kind === "member") found = true;
      const callee = "callee" in node ? this.#module.functions[Number(node.callee)] : undefined;
      if (callee && this.#writesMembers(callee, seen)) found = true;
    });
    return found;
  }

  #find(program: AstProgram, callee: number, types: readonly IrType[]): Subprogram {
    const key = `${callee} ${program.type} ${types.join()}`;
    const known = this.#known.get(key);
    if (known) return known;
    const name = this.#nameFor(this.#module.functions[callee]?.name ?? "function");
    const made = finished(this.#lower({ callee, program, name, types }), program.type);
    this.#known.set(key, made);
    if (unreturnable(made) === undefined) this.functions.push(made.fn);
    return made;
  }

  /** A name that BTF takes, and that no other function of the object has. */
  #nameFor(name: string): string {
    const base = name.replaceAll(/[^A-Za-z0-9_]/g, "_");
    let free = base;
    for (let next = 2; this.#names.has(free); next++) free = `${base}_${next}`;
    this.#names.add(free);
    return free;
  }
}

/** True for integers that may be undefined. */
function mayBeUndefined(type: AstType): boolean {
  return (type.kind === "number" || type.kind === "bigint" || type.kind === "boolean") && type.nullable === true;
}

function isAggregate(type: AstType): boolean {
  return type.kind === "record" || type.kind === "tuple";
}

/** One value for each cell of the parameters; the context is not among them. */
function passedValues(build: SsaBuilder, fn: AstFunction, args: readonly Value[]): readonly ValueId[] {
  return fn.parameters.flatMap(({ type }, index) => {
    if (type.kind === "context") return [];
    const cell = newCell(build, type);
    writeCell(build, cell, args[index] ?? none);
    return leavesOf(cell).map((key) => build.read(key));
  });
}

/** The type of a value; null fits any memory. Undefined where a loop decides later. */
function typeOf(build: SsaBuilder, value: ValueId): IrType | undefined {
  return build.resolve(value) < 0 ? "ptr.mapValue" : build.typeOf(value);
}

/** Without the context where nothing needs it. */
function finished(lowered: IrFunction, program: ProgramTypeName): Subprogram {
  const entry = entryOf(lowered);
  const [context, ...others] = entry.params;
  const takesContext = lowered.blocks.some(
    ({ insts, end }) =>
      insts.some((inst) => argsOf(inst).includes(context?.value ?? -1)) ||
      argsOfEnd(end).includes(context?.value ?? -1),
  );
  const blocks = takesContext
    ? lowered.blocks
    : lowered.blocks.map((block) => (block === entry ? { ...block, params: others } : block));
  const fn: IrFunction = { ...lowered, role: "subprogram", program, blocks };
  const results = resultsOf(fn);
  return { fn, takesContext, result: results[0] ?? "i64", mixed: results.length > 1, movesPackets: movesPackets(fn) };
}

/** The types of what is returned; of nulls alone that of any memory. */
function resultsOf(fn: IrFunction): readonly IrType[] {
  const types = valueTypes(fn);
  const nulls = new Set(fn.blocks.flatMap(({ insts }) => insts.flatMap((i) => (i.op === "const" ? [i.result] : []))));
  const returned = fn.blocks.flatMap(({ end }) => (end.op === "return" ? [end.args[0]] : []));
  const certain = new Set(returned.filter((value) => !nulls.has(value)).map((value) => types.get(value) ?? "i64"));
  return certain.size > 0 ? [...certain] : [types.get(returned[0] ?? -1) ?? "i64"];
}

/** Why the kernel would refuse what the function returns (prepare_func_exit: "cannot return stack pointer to the caller"). */
function unreturnable({ result, mixed }: Subprogram): string | undefined {
  if (mixed) return "it returns refs into several kinds of memory";
  if (result === "ptr.stack") return "it returns a ref to the stack, which ends with the function";
  if (result === "ptr.socket") return "it returns a socket, which its scope may give back";
  return result === "ptr.record" ? "it returns a reserved record" : undefined;
}

function invoke(l: Lowering, fn: AstFunction, called: Subprogram, passed: readonly ValueId[], at: Span): Value {
  const { build } = l;
  const args = called.takesContext ? [build.context, ...passed] : passed;
  const inst = { op: "invoke", function: called.fn.name, movesPackets: called.movesPackets } as const;
  const result = build.define({ ...inst, args, type: called.result, at });
  return fn.result.kind === "nothing" ? none : scalar(result);
}
