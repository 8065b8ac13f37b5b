// What the kernel's verifier still knows of a result: Linux 6.1, kernel/bpf/verifier.c, adjust_scalar_min_max_vals. It
// follows sums, differences and masks of any values, other operations only where the right operand is one known value, and
// nothing of divisions, byte swaps and negation.
import { type Interval, singleValue } from "./interval.ts";

const followed: ReadonlySet<string> = new Set(["add", "sub", "and", "zext", "sext"]);
const followedByConstant: ReadonlySet<string> = new Set(["mul", "or", "xor", "shl", "lshr", "ashr"]);

/** Whether the verifier computes bounds for the result of an operation on these operands. */
export function kernelFollows(op: string, operands: readonly Interval[]): boolean {
  const name = op.replace(/[0-9]+$/, "");
  if (followed.has(name)) return true;
  if (!followedByConstant.has(name)) return false;
  const [left, right] = operands;
  const isCommutative = name === "mul" || name === "or" || name === "xor";
  const constants = isCommutative ? [left, right] : [right];
  return constants.some((one) => one !== undefined && singleValue(one) !== undefined);
}
