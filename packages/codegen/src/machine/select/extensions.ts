// Extensions of integers that change nothing, and the low bits that operations leave as they are: code for them is not needed
// where only those bits are. Takes facts about values; ensures that what is left out would have given the same bits.
import type { Inst, ValueId } from "../../ir/function.ts";
import type { Facts } from "../facts.ts";

/** True when the value fits a signed integer of that many bits. */
export function fitsSigned(bits: number, value: bigint): boolean {
  return BigInt.asIntN(bits, value) === value;
}

/** True for extensions of values that they leave as they are. */
export function isIdentity(inst: Inst, facts: Facts): inst is Extract<Inst, { readonly args: readonly [ValueId] }> {
  switch (inst.op) {
    case "zext32":
      return facts.bits(inst.args[0]) <= 32;
    case "sext8":
    case "sext16":
    case "sext32": {
      const bits = Number(inst.op.slice(4));
      return facts.bits(inst.args[0]) < bits || isSignExtended(inst.args[0], bits, facts);
    }
    default:
      return false;
  }
}

/** True when the value is the sign extension of its own low `bits`, by the instruction that defines it. */
function isSignExtended(value: ValueId, bits: number, facts: Facts): boolean {
  const definition = facts.definition(value);
  if (definition.kind === "param") return false;
  const { inst } = definition;
  if (inst.op === "const") return fitsSigned(bits, BigInt.asIntN(64, inst.value));
  if (inst.op === "load") return inst.signed && inst.size * 8 <= bits;
  if (inst.op === "sext8" || inst.op === "sext16" || inst.op === "sext32") return Number(inst.op.slice(4)) <= bits;
  return false;
}

/** How many low bits the instruction leaves as they are in its operand. */
export function keptBits(inst: Inst, facts: Facts): { readonly bits: number; readonly of: ValueId } | undefined {
  switch (inst.op) {
    case "zext32":
    case "sext32":
      return { bits: 32, of: inst.args[0] };
    case "sext16":
      return { bits: 16, of: inst.args[0] };
    case "sext8":
      return { bits: 8, of: inst.args[0] };
    case "and64":
    case "and32": {
      const mask = facts.constant(inst.args[1]);
      if (mask === undefined) return undefined;
      let bits = 0;
      while (bits < 32 && ((mask >> BigInt(bits)) & 1n) === 1n) bits++;
      return { bits, of: inst.args[0] };
    }
    default:
      return undefined;
  }
}
