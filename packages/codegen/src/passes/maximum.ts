// A quick upper bound of a value as unsigned 64 bits, from the few instructions that define it. Sound for every operand; block
// parameters and anything deep are unbounded.
import type { Inst, ValueId } from "../ir/function.ts";

const all64 = (1n << 64n) - 1n;
const all32 = (1n << 32n) - 1n;
const maxDepth = 6;

/** The bound: every value that `value` can have is at most this. */
export function maximumOf(value: ValueId, definition: Definition): bigint {
  return maximum(value, definition, maxDepth, false);
}

/**
 * The bound that the kernel's verifier sees too: it knows nothing of quotients, remainders and swapped values, so a mask or a
 * test that bounds one again is not superfluous.
 */
export function visibleMaximumOf(value: ValueId, definition: Definition): bigint {
  return maximum(value, definition, maxDepth, true);
}

type Definition = (value: ValueId) => Inst | undefined;

const unseen: ReadonlySet<string> = new Set(["udiv64", "umod64", "swap16", "swap32"]);
const seenByConstant = /^(?:mul|or|xor|shl|lshr|ashr)(?:32|64)$/;

/** Whether the verifier (Linux 6.1, adjust_scalar_min_max_vals) bounds the result: of some operations only by a constant. */
function isSeen(inst: Inst, definition: Definition): boolean {
  if (unseen.has(inst.op)) return false;
  if (!seenByConstant.test(inst.op) || !("args" in inst)) return true;
  const operands = inst.op.includes("sh") ? inst.args.slice(1) : inst.args;
  return operands.some((arg) => definition(arg)?.op === "const");
}

function maximum(value: ValueId, definition: Definition, depth: number, visible: boolean): bigint {
  const inst = depth > 0 ? definition(value) : undefined;
  if (!inst || (visible && !isSeen(inst, definition))) return all64;
  const of = (index: number): bigint => {
    const arg = "args" in inst ? inst.args[index] : undefined;
    return arg === undefined ? all64 : maximum(arg, definition, depth - 1, visible);
  };
  const constant = (index: number): bigint | undefined => {
    const arg = "args" in inst ? inst.args[index] : undefined;
    const from = arg === undefined ? undefined : definition(arg);
    return from?.op === "const" ? from.value : undefined;
  };
  const bound = boundOf(inst, of, constant);
  const limit = inst.op.endsWith("32") && inst.op !== "sext32" ? all32 : all64;
  return bound < limit ? bound : limit;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** All bits below the highest one of either. */
function allBits(a: bigint, b: bigint): bigint {
  return (1n << BigInt((a | b).toString(2).length)) - 1n;
}

function boundOf(inst: Inst, of: (index: number) => bigint, constant: (index: number) => bigint | undefined): bigint {
  switch (inst.op) {
    case "const":
      return inst.value;
    case "load":
      return inst.signed || inst.type !== "i64" ? all64 : (1n << BigInt(inst.size * 8)) - 1n;
    case "and64":
    case "and32":
      return smaller(of(0), of(1));
    case "or64":
    case "xor64":
    case "or32":
    case "xor32":
      return allBits(of(0), of(1));
    case "add64":
      return of(0) + of(1);
    case "mul64":
      return of(0) * of(1);
    case "shl64": {
      const count = constant(1);
      return count === undefined ? all64 : of(0) << (count & 63n);
    }
    case "lshr64":
    case "lshr32": {
      const count = constant(1);
      const mask = inst.op === "lshr32" ? 31n : 63n;
      const value = inst.op === "lshr32" ? smaller(of(0), all32) : of(0);
      return count === undefined ? value : value >> (count & mask);
    }
    case "udiv64":
      return of(0);
    case "umod64": {
      const known = constant(1);
      return known !== undefined && known > 0n ? smaller(of(0), known - 1n) : of(0);
    }
    case "swap16":
      return 0xffffn;
    case "swap32":
      return all32;
    case "atomic":
      return inst.size === 4 ? all32 : all64;
    default:
      return all64;
  }
}
