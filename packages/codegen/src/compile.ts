// The pipeline on one screen: TypeScript → typed AST → IR → analyze → passes → machine → BpfObject. Findings of the user's program are
// collected as diagnostics, never thrown; a later stage runs only when the earlier ones found no error.
import { fileURLToPath } from "node:url";
import {
  type BpfObject,
  type DataSection,
  type Diagnostic,
  DiagnosticError,
  defaultKernel,
  hasErrors,
  hasFeature,
  isaOf,
  type Target,
} from "@typebpf/abi";
import { analyze } from "./analyze/analyze.ts";
import type { TypedModule } from "./ast/nodes.ts";
import type { ConvertResult, convertModule } from "./frontend/project.ts";
import type { Session } from "./frontend/session.ts";
import { type Input, openSourceFiles, unchanged } from "./frontend/source-files.ts";
import type { IrFunction, IrModule } from "./ir/function.ts";
import { link } from "./link/link.ts";
import { type LoweringOptions, lowerModule } from "./lower/lower.ts";
import { checkCallChains } from "./machine/call-chains.ts";
import type { EmittedProgram } from "./machine/emit.ts";
import { generateProgram } from "./machine/generate.ts";
import { type OptimizationLevel, optimize, type PassName } from "./passes/pipeline.ts";
import { unrollWhole } from "./passes/unroll-whole.ts";
import { checkTarget, loopTooNew, newerThanTarget } from "./target.ts";

export interface CompileOptions {
  /** 0 none, 1 simple, 2 all (the default). What is accepted does not depend on it. */
  readonly level?: OptimizationLevel;
  /** Oldest kernel that must run the object: "6.1" by default. */
  readonly targetKernel?: string;
  /** Check the IR after every pass and every register allocation; for tests. */
  readonly check?: boolean;
  /**
   * Reach the value of a single-entry array map by its address, without a helper call: true by default. False for ELF
   * files, whose relocations can name maps and data, but no value of a map.
   */
  readonly directMapValues?: boolean;
  /** Source text by absolute path, read before the file system. */
  readonly virtualFiles?: ReadonlyMap<string, string>;
  /** Sees each function before the first pass (`undefined`) and after each; for tests. */
  readonly onPass?: (fn: IrFunction, pass: PassName | undefined) => void;
  /** Machine registers that values may have: 3, 5 or 10 (the default); for tests. */
  readonly registers?: number;
}

export interface Compiled {
  /** Present when no diagnostic is an error. */
  readonly object?: BpfObject;
  /** The IR that the machine code was selected from. */
  readonly ir?: IrModule;
  readonly diagnostics: readonly Diagnostic[];
  /** What was looked for, and what was found there: the result depends on it and on the options only. */
  readonly inputs: readonly Input[];
}

/**
 * Compiles a `.bpf.ts` module.
 * @throws DiagnosticError with every error of the program.
 */
export async function compile(input: string | URL, options: CompileOptions = {}): Promise<BpfObject> {
  const { object, diagnostics } = await compileFile(typeof input === "string" ? input : fileURLToPath(input), options);
  if (!object) throw new DiagnosticError(diagnostics.filter((one) => one.severity === "error"));
  return object;
}

/** Compiles the module at `path` and collects everything there is to say about it. */
export async function compileFile(path: string, options: CompileOptions = {}): Promise<Compiled> {
  return shared.compileFile(path, options);
}

/** Does for the module at `path` once what every level has in common. */
export async function prepareFile(path: string, options: PrepareOptions = {}): Promise<Prepared> {
  return shared.prepareFile(path, options);
}

/** Options that every level has in common. */
export type PrepareOptions = Pick<CompileOptions, "targetKernel" | "virtualFiles" | "directMapValues">;

/** A module up to the analysis, which is the same at every level. */
export interface Prepared {
  readonly inputs: readonly Input[];
  /** Compiles the rest. */
  finish(options?: Pick<CompileOptions, "level" | "check" | "onPass" | "registers">): Compiled;
}

/** Compiles again and again: what nothing has changed for is not done twice. */
export interface Compiler {
  compileFile(path: string, options?: CompileOptions): Promise<Compiled>;
  prepareFile(path: string, options?: PrepareOptions): Promise<Prepared>;
}

/** Modules whose results a compiler keeps. */
const mostKept = 32;

/** A compiler that remembers parsed files, findings of the checker, and its last results. TypeScript is loaded when it is needed. */
export function createCompiler(): Compiler {
  let frontend: { readonly convert: typeof convertModule; readonly session: Session } | undefined;
  const kept = new Map<string, Prepared>();

  const prepare = async (path: string, options: PrepareOptions = {}): Promise<Prepared> => {
    const { targetKernel: kernel = defaultKernel, virtualFiles, directMapValues = true } = options;
    const files = openSourceFiles(path, virtualFiles);
    const key = [kernel, directMapValues, files.root, files.entry].join("\0");
    const before = kept.get(key);
    kept.delete(key);
    if (before && unchanged(files, before.inputs)) {
      kept.set(key, before);
      return before;
    }
    frontend ??= await loadFrontend();
    const { convert, session } = frontend;
    const target: Target = { kernel, isa: isaOf(kernel) };
    const converted = convert(path, { target, session, ...(virtualFiles && { virtualFiles }) });
    const prepared = prepareModule(converted, target, options);
    kept.set(key, prepared);
    for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest);
    return prepared;
  };

  return {
    prepareFile: prepare,
    compileFile: async (path, options = {}) => (await prepare(path, options)).finish(options),
  };
}

async function loadFrontend() {
  const [{ convertModule }, { createSession }] = await Promise.all([
    import("./frontend/project.ts"),
    import("./frontend/session.ts"),
  ]);
  return { convert: convertModule, session: createSession() };
}

/** The compiler of this process, for calls that name none. */
const shared = createCompiler();

function prepareModule(converted: ConvertResult, target: Target, lowering: LoweringOptions): Prepared {
  const { inputs } = converted;
  const analyzed = analyzeModule(converted, target, lowering);
  const finished = new Map<string, Compiled>();
  return {
    inputs,
    finish(options = {}) {
      const { level = 2, registers = 10, check, onPass } = options;
      const key = `${level} ${registers}`;
      const before = check || onPass ? undefined : finished.get(key);
      if (before) return before;
      const compiled = { ...finishModule(analyzed, target, options), inputs };
      if (!check && !onPass) finished.set(key, compiled);
      return compiled;
    },
  };
}

interface Analyzed {
  readonly diagnostics: readonly Diagnostic[];
  /** Where there is no error. */
  readonly module?: TypedModule;
  readonly ir?: IrModule;
  readonly sections?: readonly DataSection[];
}

function analyzeModule(converted: ConvertResult, target: Target, options: LoweringOptions): Analyzed {
  const { module } = converted;
  if (!module || hasErrors(converted.diagnostics)) return { diagnostics: converted.diagnostics };

  const lowered = lowerModule(module, options);
  const found = [...converted.diagnostics, ...lowered.diagnostics];
  if (hasErrors(found)) return { diagnostics: found };

  const analyzed = analyze(lowered.module, target);
  found.push(...analyzed.diagnostics, ...checkTarget(module, analyzed.module));
  if (hasErrors(found)) return { diagnostics: found };
  const ir = withoutLoops(analyzed.module, target, found);
  return hasErrors(found) ? { diagnostics: found } : { diagnostics: found, module, sections: lowered.sections, ir };
}

/** For kernels without loops, the module without them; a loop that is too long for that is a finding. */
function withoutLoops(ir: IrModule, { kernel }: Target, found: Diagnostic[]): IrModule {
  if (hasFeature(kernel, "boundedLoops")) return ir;
  const unrolled = ir.functions.map(unrollWhole);
  for (const { at, rounds } of unrolled.flatMap(({ left }) => left)) found.push(loopTooNew(kernel, at, rounds));
  return { functions: unrolled.map(({ fn }) => fn) };
}

/** The names of what a function takes, where all have one. */
function namesOf({ role, blocks }: IrFunction): Pick<EmittedProgram, "parameters"> {
  const names = (role === "subprogram" && blocks[0]?.params.map((param) => param.name)) || [];
  return names.length > 0 && names.every((name) => name !== undefined) ? { parameters: names } : {};
}

/** Of what unrolling for kernels without loops made, larger functions get the passes that take little time. */
const manyBlocks = 200;

function finishModule(analyzed: Analyzed, target: Target, options: CompileOptions): Omit<Compiled, "inputs"> {
  const { level = 2, check = false, onPass, registers = 10 } = options;
  const { module, ir, sections, diagnostics } = analyzed;
  if (!module || !ir) return { diagnostics };

  const found = [...diagnostics];
  const fallingLoops = hasFeature(target.kernel, "fallingLoops");
  const functions: IrFunction[] = [];
  const emitted: EmittedProgram[] = [];
  for (const fn of ir.functions) {
    const many = !hasFeature(target.kernel, "boundedLoops") && fn.blocks.length > manyBlocks;
    const optimized = optimize(fn, many && level === 2 ? 1 : level, { check, ...(onPass && { onPass }) });
    functions.push(optimized);
    const generated = generateProgram(optimized, { isa: target.isa, fallingLoops, level, check, registers });
    if ("program" in generated) emitted.push({ ...generated.program, ...namesOf(optimized) });
    else found.push(...generated.diagnostics);
  }
  found.push(...checkCallChains(module.programs, emitted));
  if (hasErrors(found)) return { ir: { functions }, diagnostics: found };
  const object = link(module, emitted, sections);
  found.push(...newerThanTarget(object));
  return hasErrors(found)
    ? { ir: { functions }, diagnostics: found }
    : { object, ir: { functions }, diagnostics: found };
}
