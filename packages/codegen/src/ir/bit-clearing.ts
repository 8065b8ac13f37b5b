// `w &= w - 1` clears the lowest bit that is set, so a loop over it that goes on while bits are left ends after as many turns as
// an integer has bits.
import type { Inst, ValueId } from "./function.ts";
import { type CompareName, type CompareOp, splitOp } from "./ops.ts";

/** One turn more than there are bits, since the first may only cut off the upper half. */
const mostTurns = 65n;

/** How often `value op limit` can hold, if each turn clears a bit of `param`, which `next` are then. */
export function turnsOfClearing(
  op: CompareOp,
  value: ValueId,
  limit: bigint | undefined,
  param: ValueId,
  next: readonly ValueId[],
  definitions: (value: ValueId) => Inst | undefined,
): bigint | undefined {
  const { name } = splitOp<CompareName>(op);
  if (limit !== 0n || (name !== "ne" && name !== "ugt" && name !== "sgt")) return undefined;
  if (value !== param && !next.includes(value)) return undefined;
  return next.length > 0 && next.every((one) => clearsLowest(one, param, definitions)) ? mostTurns : undefined;
}

function clearsLowest(value: ValueId, param: ValueId, definitions: (value: ValueId) => Inst | undefined): boolean {
  let inst = definitions(value);
  while (inst?.op === "sext32" || inst?.op === "zext32") inst = definitions(inst.args[0]);
  if (inst?.op !== "and32" && inst?.op !== "and64") return false;
  const [left, right] = inst.args;
  const less = left === param ? definitions(right) : right === param ? definitions(left) : undefined;
  if ((less?.op !== "sub64" && less?.op !== "add64") || less.args[0] !== param) return false;
  const by = definitions(less.args[1]);
  return by?.op === "const" && BigInt.asIntN(64, by.value) === (less.op === "sub64" ? 1n : -1n);
}
