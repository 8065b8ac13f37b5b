// Analysis: proves what the language demands of values, loops and memory on the unoptimised IR, so that what is accepted
// never depends on the optimisation level. Takes lowered IR with asserts; gives diagnostics, and the IR without asserts.
import type { Diagnostic, Target } from "@typebpf/abi";
import { mergeCongruent } from "../ir/congruence.ts";
import { dominators } from "../ir/dominators.ts";
import type { IrFunction, IrModule } from "../ir/function.ts";
import { Places } from "../ir/places.ts";
import { computeRanges } from "../ir/ranges.ts";
import { alignParameters } from "./alignment.ts";
import { checkAtomics } from "./atomics.ts";
import { callbackLoops, outlineCallbacks } from "./callbacks.ts";
import { checkAsserts } from "./checks.ts";
import { guardLoops } from "./guard-loops.ts";
import { guardIndices } from "./guards.ts";
import { checkKeptSlots } from "./kept-slots.ts";
import { checkLocks } from "./locks.ts";
import { checkLoops } from "./loops.ts";
import { checkPacketRefs } from "./packet-refs.ts";
import { checkReadOnly } from "./read-only.ts";
import { checkRecordRefs } from "./record-refs.ts";
import { checkReturns, guardReturns } from "./returns.ts";
import { settle } from "./settle.ts";
import { shareSlots } from "./share-slots.ts";
import { inferSignatures } from "./signatures.ts";
import { checkSocketAccess } from "./socket-access.ts";
import { checkStack } from "./stack.ts";
import { passOnStack } from "./stack-arguments.ts";
import { computeWidths } from "./widths.ts";

/** The module without asserts, and what is wrong with it. */
export interface Analyzed {
  readonly module: IrModule;
  readonly diagnostics: readonly Diagnostic[];
}

/** Analyses every function of a module. Only the choice of callbacks depends on the target. */
export function analyze(module: IrModule, target: Target): Analyzed {
  const merged = module.functions.map((fn) => mergeCongruent(fn));
  const names = new Set(merged.map((fn) => fn.name));
  const analyzed = inferSignatures(merged).map((fn) => analyzeFunction(fn, target, names));
  return {
    module: { functions: alignParameters(passOnStack(analyzed.flatMap((one) => one.functions))) },
    diagnostics: unique(analyzed.flatMap((one) => one.diagnostics)),
  };
}

function analyzeFunction(
  fn: IrFunction,
  target: Target,
  names: Set<string>,
): {
  readonly functions: readonly IrFunction[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const ranges = computeRanges(fn);
  const places = new Places(fn);
  const callbacks = callbackLoops(fn, ranges, target);
  const diagnostics: Diagnostic[] = [
    ...checkAsserts(fn, { ranges, places, widths: computeWidths(fn, ranges) }),
    ...checkReturns(fn, ranges),
    ...checkPacketRefs(fn),
    ...checkReadOnly(fn),
    ...checkSocketAccess(fn),
    ...checkAtomics(fn),
    ...checkRecordRefs(fn),
    ...checkLocks(fn, callbacks),
    ...checkLoops(fn, ranges, callbacks),
    ...checkKeptSlots(fn, ranges, places),
  ];
  const settled = settle(fn, ranges);
  const outlined = outlineCallbacks(settled, callbacks, (name) => unused(name, names));
  const functions = outlined.map((one) => {
    const known = outlined.length === 1 ? ranges : computeRanges(one);
    const kernel = computeRanges(one, dominators(one), "kernel");
    const bounded = guardReturns(guardLoops(one, known, kernel), known, kernel);
    const guarded = guardIndices(bounded, known, kernel);
    const shared = shareSlots(guarded);
    diagnostics.push(...checkStack(guarded, shared));
    return shared;
  });
  return { functions, diagnostics };
}

/** A name that no other function has. */
function unused(name: string, names: Set<string>): string {
  let free = name;
  for (let next = 2; names.has(free); next++) free = `${name}_${next}`;
  names.add(free);
  return free;
}

/** A function that is inlined more than once, or into two programs, says the same thing once. */
function unique(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((one) => [JSON.stringify([one.code, one.message, one.at]), one])).values()];
}
