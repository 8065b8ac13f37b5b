// What programs return, where the kernel's verifier demands a range of it (check_return_code of kernel/bpf/verifier.c, Linux
// 6.12). What may leave it is a diagnostic; what is proved here but not by the verifier (a remainder, a swapped value) is
// compared once more, and the way that cannot happen gives the program type's failure value.
import { type Diagnostic, diagnostic } from "@typebpf/abi";
import type { Block, IrFunction } from "../ir/function.ts";
import { type Interval, singleValue } from "../ir/interval.ts";
import type { Ranges } from "../ir/ranges.ts";
import { freshIds } from "../ir/rewrite.ts";
import { analyzeDiagnostics } from "./diagnostics.ts";
import { failureBlock, mayHoldRecord } from "./failure.ts";

type Allowed = NonNullable<IrFunction["returns"]>;

function allowedBy({ role, returns }: IrFunction): Allowed | undefined {
  return role === undefined ? returns : undefined;
}

function isWithin({ smin, smax }: Interval, { min, max }: Allowed): boolean {
  return smin >= BigInt(min) && smax <= BigInt(max);
}

function show({ smin, smax }: Interval): string {
  if (smin === smax) return `${smin}`;
  return smin < -(2n ** 32n) || smax > 2n ** 32n ? "any number" : `${smin}…${smax}`;
}

function listOf({ min, max }: Allowed): string {
  return min === max ? `${min}` : max - min === 1 ? `${min} or ${max}` : `${min}…${max}`;
}

/** Diagnostics of values that the kernel does not let the program return. */
export function checkReturns(fn: IrFunction, ranges: Ranges): readonly Diagnostic[] {
  const allowed = allowedBy(fn);
  if (!allowed) return [];
  return fn.blocks.flatMap(({ id, end }) => {
    if (end.op !== "return" || !ranges.isReachable(id)) return [];
    const range = ranges.at(end.args[0], id);
    if (isWithin(range, allowed)) return [];
    const message = `the program returns ${show(range)}, it may return ${listOf(allowed)}`;
    return [diagnostic(analyzeDiagnostics.returnOutOfRange, { message, at: end.at })];
  });
}

/** The function with guards where `kernel` knows less of what is returned than `ranges`. */
export function guardReturns(fn: IrFunction, ranges: Ranges, kernel: Ranges): IrFunction {
  const allowed = allowedBy(fn);
  if (!allowed || mayHoldRecord(fn)) return fn;
  const fresh = freshIds(fn);
  const failure = fresh.block();
  const blocks = fn.blocks.flatMap((block): readonly Block[] => {
    const { id, end } = block;
    if (end.op !== "return" || !ranges.isReachable(id)) return [block];
    const [value] = end.args;
    if (isWithin(kernel.at(value, id), allowed)) return [block];
    const { at } = end;
    const [constant, next] = [fresh.value(), fresh.block()];
    const known = singleValue(ranges.at(value, id));
    const insts = [
      ...block.insts,
      { op: "const", value: known ?? BigInt(allowed.max), result: constant, type: "i64", at } as const,
    ];
    if (known !== undefined) return [{ ...block, insts, end: { ...end, args: [constant] } }];
    const branch = {
      op: "branch",
      compare: "ugt64",
      args: [value, constant],
      then: { block: failure, args: [] },
      else: { block: next, args: [] },
      at,
    } as const;
    return [
      { ...block, insts, end: branch },
      { id: next, params: [], insts: [], end },
    ];
  });
  return blocks.length === fn.blocks.length
    ? { ...fn, blocks }
    : { ...fn, blocks: [...blocks, failureBlock(fn, failure, fresh)] };
}
