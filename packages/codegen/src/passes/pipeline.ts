// The optimiser: which passes run at which level, in order. Every pass takes and gives a well-formed function without asserts, changes no
// result of the program, and keeps a source location on every instruction.
import { assertWellFormed } from "../ir/check.ts";
import type { IrFunction } from "../ir/function.ts";
import { simplifyControlFlow } from "./cfg.ts";
import { convertChoices } from "./choices.ts";
import { removeDecidedConditions } from "./conditions.ts";
import { removeDeadCode } from "./dce.ts";
import { removeDeadStores } from "./dead-stores.ts";
import { mergeCommonSubexpressions } from "./gvn.ts";
import { simplify } from "./simplify.ts";
import { skipBlocks } from "./skip.ts";
import { threadJumps } from "./thread.ts";
import { unrollLoops } from "./unroll.ts";

export type OptimizationLevel = 0 | 1 | 2;

export interface Pass {
  readonly name: string;
  readonly run: (fn: IrFunction) => IrFunction;
}

/** Every pass by name. */
export const passes = {
  cfg: { name: "cfg", run: simplifyControlFlow },
  simplify: { name: "simplify", run: simplify },
  dce: { name: "dce", run: removeDeadCode },
  gvn: { name: "gvn", run: mergeCommonSubexpressions },
  skip: { name: "skip", run: skipBlocks },
  thread: { name: "thread", run: threadJumps },
  conditions: { name: "conditions", run: removeDecidedConditions },
  unroll: { name: "unroll", run: unrollLoops },
  choices: { name: "choices", run: convertChoices },
  stores: { name: "stores", run: removeDeadStores },
} as const satisfies Readonly<Record<string, Pass>>;

export type PassName = keyof typeof passes;

const round: readonly PassName[] = ["simplify", "cfg", "gvn", "thread", "skip", "cfg", "conditions", "cfg", "dce"];

/** Before loops are unrolled too, since branches of unrolled turns multiply paths. */
const choices: readonly PassName[] = ["choices", "simplify", "cfg", "gvn", "dce"];

/** What runs at each level. */
export const pipelines: Readonly<Record<OptimizationLevel, readonly PassName[]>> = {
  0: [],
  1: ["simplify", "cfg", "dce"],
  2: [
    ...round,
    ...round,
    ...choices,
    "unroll",
    ...round,
    ...round,
    ...choices,
    "cfg",
    "simplify",
    "gvn",
    "stores",
    "dce",
  ],
};

export interface OptimizeOptions {
  /** The IR checker runs after every pass. */
  readonly check?: boolean;
  /** Sees the function before the first pass (`undefined`) and after each. */
  readonly onPass?: (fn: IrFunction, pass: PassName | undefined) => void;
}

/** Optimises a function. */
export function optimize(fn: IrFunction, level: OptimizationLevel, options: OptimizeOptions = {}): IrFunction {
  options.onPass?.(fn, undefined);
  return pipelines[level].reduce((current, name) => {
    const next = passes[name].run(current);
    if (options.check) assertWellFormed(next, `pass ${name}`);
    options.onPass?.(next, name);
    return next;
  }, fn);
}
