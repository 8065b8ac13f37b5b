// A quick upper bound of a value from the instructions that make it, without control flow. Only spares a comparison where
// the bound is plain to see, for us and for the kernel's verifier (which knows nothing of a swapped or divided value);
// what the author must prove is proved by analyze/.
import type { ValueId } from "../ir/function.ts";
import type { SsaBuilder } from "./ssa-builder.ts";

/** An unsigned range; never negative. */
export interface KnownRange {
  readonly min: bigint;
  readonly max: bigint;
}

const deepest = 12;

/** The range of a value that is certainly not negative, or undefined when nothing is known. */
export function knownRange(build: SsaBuilder, value: ValueId, depth = 0): KnownRange | undefined {
  const inst = build.definition(value);
  if (!inst || depth > deepest) return undefined;
  if (inst.op === "const") return inst.value < 1n << 63n ? { min: inst.value, max: inst.value } : undefined;
  if (inst.op === "load")
    return inst.signed || inst.size === 8 ? undefined : { min: 0n, max: (1n << BigInt(inst.size * 8)) - 1n };
  if (inst.op === "sext32") {
    const inner = knownRange(build, inst.args[0], depth + 1);
    return inner && inner.max < 1n << 31n ? inner : undefined;
  }
  if (inst.op === "zext32") {
    const inner = knownRange(build, inst.args[0], depth + 1);
    return inner && inner.max < 1n << 32n ? inner : { min: 0n, max: 0xffffffffn };
  }
  if (!("args" in inst) || inst.args.length !== 2 || inst.op === "ptradd") return undefined;
  const [left, right] = inst.args;
  if (left === undefined || right === undefined) return undefined;
  return binaryRange(inst.op, knownRange(build, left, depth + 1), knownRange(build, right, depth + 1));
}

function binaryRange(op: string, a: KnownRange | undefined, b: KnownRange | undefined): KnownRange | undefined {
  if (op === "and64" || op === "and32") {
    const bounds = [a?.max, b?.max].filter((max) => max !== undefined);
    const [first, second] = bounds;
    if (first === undefined) return undefined;
    return { min: 0n, max: second !== undefined && second < first ? second : first };
  }
  if (!a || !b) return undefined;
  const narrow = a.max < 1n << 31n && b.max < 1n << 31n;
  switch (op) {
    case "add64":
      return narrow ? { min: a.min + b.min, max: a.max + b.max } : undefined;
    case "mul64":
      return narrow ? { min: a.min * b.min, max: a.max * b.max } : undefined;
    case "lshr64":
      return b.min === b.max && b.max < 64n ? { min: a.min >> b.min, max: a.max >> b.min } : undefined;
    case "shl64":
      return b.max < 31n && narrow ? { min: a.min << b.min, max: a.max << b.max } : undefined;
    case "shl32":
      return b.max < 32n && a.max << b.max < 1n << 31n ? { min: a.min << b.min, max: a.max << b.max } : undefined;
    default:
      return undefined;
  }
}
