// What functions are called with and what they give, over all calls: an assert in a function is proved for every caller. Takes
// lowered functions, each of which stands behind its callers or in front, without recursion; gives them with `known` on the
// parameters of functions and on calls. Each round starts from what the one before proved, so every round is sound.
import type { Block, Inst, InvokeInst, IrFunction, Known, Param } from "../ir/function.ts";
import { bitsNeeded, full, join } from "../ir/interval.ts";
import { computeRanges, type Ranges } from "../ir/ranges.ts";
import { computeWidths, type Widths } from "./widths.ts";

/** Parameters of each function; one that no call reaches has none. */
type Parameters = ReadonlyMap<string, readonly (Known | undefined)[]>;
type Results = ReadonlyMap<string, Known>;

/** The functions that can run, with what is known of their parameters and of the results of calls. */
export function inferSignatures(functions: readonly IrFunction[]): readonly IrFunction[] {
  if (!functions.some((fn) => fn.role === "subprogram")) return functions;
  const order = calleesFirst(functions);
  const first = inferResults(order, new Map());
  const parameters = inferParameters(order.toReversed(), first);
  const results = inferResults(order, parameters);
  const isCalled = (fn: IrFunction): boolean => fn.role !== "subprogram" || parameters.has(fn.name);
  return functions.filter(isCalled).map((fn) => annotate(fn, parameters, results));
}

function invokesOf(fn: IrFunction): readonly InvokeInst[] {
  return fn.blocks.flatMap(({ insts }) => insts.filter((inst) => inst.op === "invoke"));
}

function calleesFirst(functions: readonly IrFunction[]): readonly IrFunction[] {
  const byName = new Map(functions.map((fn) => [fn.name, fn]));
  const done = new Set<IrFunction>();
  const visit = (fn: IrFunction | undefined): void => {
    if (!fn || done.has(fn)) return;
    for (const { function: callee } of invokesOf(fn)) visit(byName.get(callee));
    done.add(fn);
  };
  for (const fn of functions) visit(fn);
  return [...done];
}

function annotate(fn: IrFunction, parameters: Parameters, results: Results): IrFunction {
  const known = parameters.get(fn.name) ?? [];
  const isGiven = (index: number): boolean => index === 0 && fn.role === "subprogram";
  const blocks = fn.blocks.map((block, index): Block => {
    const params = isGiven(index) ? block.params.map((param, at) => withKnown(param, known[at])) : block.params;
    return { ...block, params, insts: block.insts.map((inst) => withResult(inst, results)) };
  });
  return { ...fn, blocks };
}

/** Before any call is seen a parameter may be anything, a ref null. */
const anything: Known = { range: full, width: 64 };

function withKnown(param: Param, known: Known = anything): Param {
  return { ...param, known };
}

function withResult(inst: Inst, results: Results): Inst {
  const known = inst.op === "invoke" ? results.get(inst.function) : undefined;
  return known && inst.op === "invoke" ? { ...inst, known } : inst;
}

function knownOf(value: number, block: Block, ranges: Ranges, widths: Widths): Known {
  const range = ranges.at(value, block.id);
  return { range, width: Math.min(widths.at(value, block.id), bitsNeeded(range)) };
}

function united(a: Known | undefined, b: Known): Known {
  return { range: join(a?.range, b.range) ?? b.range, width: Math.max(a?.width ?? 0, b.width) };
}

function inferResults(order: readonly IrFunction[], parameters: Parameters): Results {
  const results = new Map<string, Known>();
  for (const one of order) {
    if (one.role !== "subprogram") continue;
    const fn = annotate(one, parameters, results);
    const ranges = computeRanges(fn);
    const widths = computeWidths(fn, ranges);
    for (const block of fn.blocks) {
      if (block.end.op !== "return" || !ranges.isReachable(block.id)) continue;
      results.set(fn.name, united(results.get(fn.name), knownOf(block.end.args[0], block, ranges, widths)));
    }
  }
  return results;
}

function inferParameters(callersFirst: readonly IrFunction[], results: Results): Parameters {
  const parameters = new Map<string, (Known | undefined)[]>();
  for (const one of callersFirst) {
    if (one.role === "subprogram" && !parameters.has(one.name)) continue;
    const fn = annotate(one, parameters, results);
    const ranges = computeRanges(fn);
    const widths = computeWidths(fn, ranges);
    for (const block of fn.blocks) {
      if (!ranges.isReachable(block.id)) continue;
      for (const inst of block.insts) {
        if (inst.op !== "invoke") continue;
        const before = parameters.get(inst.function);
        parameters.set(
          inst.function,
          inst.args.map((arg, index) => united(before?.[index], knownOf(arg, block, ranges, widths))),
        );
      }
    }
  }
  return parameters;
}
