// Selection of the conditions of branches. Takes the IR's comparison, gives a BPF conditional jump on registers or a
// register and an immediate. 32-bit comparisons of values below 2^32 are done on all 64 bits, which every version of the
// instruction set has and from which the kernel's verifier learns most; a lone sign extension is left out instead.
import type { JumpOp, Width } from "@typebpf/abi";
import { evaluateCompare, jumpOf } from "../../ir/evaluate.ts";
import type { BlockId, Terminator, ValueId } from "../../ir/function.ts";
import { type CompareName, splitOp, swapCompare } from "../../ir/ops.ts";
import { alu, move, type Operand } from "../build.ts";
import type { MirEnd, MirInst, Register } from "../mir.ts";
import { fitsSigned } from "./extensions.ts";
import type { Selection } from "./state.ts";

type Branch = Extract<Terminator, { op: "branch" }>;

interface Condition {
  readonly name: CompareName;
  readonly width: Width;
  readonly left: ValueId;
  readonly right: ValueId;
}

/** Conditions that version 1 lacks, and their opposites, which it has. */
const oppositeOf: Readonly<Partial<Record<JumpOp, JumpOp>>> = { jlt: "jge", jle: "jgt", jslt: "jsge", jsle: "jsgt" };

const unsignedOf: Readonly<Partial<Record<CompareName, CompareName>>> = {
  slt: "ult",
  sle: "ule",
  sgt: "ugt",
  sge: "uge",
};

function isSigned(name: CompareName): boolean {
  return name in unsignedOf;
}

/** The end of a block that branches to `then` or `otherwise`. */
export function selectBranch(sel: Selection, end: Branch, then: BlockId, otherwise: BlockId, out: MirInst[]): MirEnd {
  const { at } = end;
  const [left, right] = end.args;
  const known = [sel.facts.constant(left), sel.facts.constant(right)] as const;
  if (known[0] !== undefined && known[1] !== undefined)
    return { kind: "goto", to: evaluateCompare(end.compare, known[0], known[1]) ? then : otherwise, at };
  const swap = known[0] !== undefined;
  const { name, width } = splitOp<CompareName>(swap ? swapCompare(end.compare) : end.compare);
  const condition = best(sel, { name, width, left: swap ? right : left, right: swap ? left : right });
  const { dst, operand, wide } = operands(sel, condition, out, end);
  const op = jumpOf[condition.name];
  const opposite = sel.isa < 2 ? oppositeOf[op] : undefined;
  return {
    kind: "branch",
    op: opposite ?? op,
    width: wide ? 64 : condition.width,
    dst,
    ...(operand.kind === "register" ? { src: operand.register } : { imm: operand.value }),
    then: opposite ? otherwise : then,
    else: opposite ? then : otherwise,
    at,
  };
}

/** The same condition on the operands and in the width that cost least. */
function best(sel: Selection, given: Condition): Condition {
  const stripped = given.width === 64 ? withoutExtensions(sel, given) : lowHalves(sel, given);
  if (stripped.width === 64) return stripped;
  const limit = isSigned(stripped.name) ? 31 : 32;
  const fits = sel.facts.bits(stripped.left) <= limit && sel.facts.bits(stripped.right) <= limit;
  const constant = sel.facts.constant(stripped.right);
  const immediate = constant === undefined || constant < 1n << 31n;
  return fits && immediate ? { ...stripped, width: 64 } : stripped;
}

/** The operand of an extension that nothing else needs. */
function extended(sel: Selection, value: ValueId, op: "sext32" | "zext32"): ValueId | undefined {
  const inst = sel.instOf(value);
  if (inst?.op !== op || !sel.usedOnce(value) || sel.needed(value) !== undefined) return undefined;
  const anchor = sel.anchor(value);
  return anchor.kind === "value" && anchor.value === value ? inst.args[0] : undefined;
}

/** Sign and zero extension keep the order of 32-bit numbers, so comparing low halves is enough. */
function withoutExtensions(sel: Selection, given: Condition): Condition {
  for (const op of ["sext32", "zext32"] as const) {
    const low = (value: ValueId): ValueId | undefined => {
      const constant = sel.facts.constant(value);
      if (constant !== undefined)
        return op === "sext32"
          ? fitsSigned(32, BigInt.asIntN(64, constant))
            ? value
            : undefined
          : constant < 1n << 32n
            ? value
            : undefined;
      return extended(sel, value, op) ?? (sel.facts.bits(value) <= (op === "sext32" ? 31 : 32) ? value : undefined);
    };
    const left = low(given.left);
    const right = low(given.right);
    if (left === undefined || right === undefined || (left === given.left && right === given.right)) continue;
    const name = op === "zext32" ? (unsignedOf[given.name] ?? given.name) : given.name;
    return { name, width: 32, left, right };
  }
  return given;
}

function lowHalves(sel: Selection, given: Condition): Condition {
  const low = (value: ValueId): ValueId => extended(sel, value, "sext32") ?? extended(sel, value, "zext32") ?? value;
  return { ...given, left: low(given.left), right: low(given.right) };
}

interface Operands {
  readonly dst: Register;
  readonly operand: Operand;
  /** Compare all 64 bits although the condition is on 32: the operands were extended. */
  readonly wide: boolean;
}

function operands(sel: Selection, condition: Condition, out: MirInst[], end: Branch): Operands {
  const { at } = end;
  if (condition.width === 64 || sel.isa >= 3) {
    const dst = sel.use(condition.left, out, at);
    return { dst, operand: sel.operand(condition.right, condition.width, out, at), wide: false };
  }
  // No 32-bit jumps: extend both operands by the comparison's signedness and compare 64 bits.
  const extend = (value: ValueId): Register => {
    const register = sel.fresh();
    const source = sel.use(value, out, at);
    if (!isSigned(condition.name)) out.push(alu("mov", 32, register, { kind: "register", register: source }, at));
    else {
      const count: Operand = { kind: "immediate", value: 32 };
      out.push(move(register, source, at), alu("lsh", 64, register, count, at), alu("arsh", 64, register, count, at));
    }
    return register;
  };
  const constant = sel.facts.constant(condition.right);
  const value =
    constant === undefined
      ? undefined
      : isSigned(condition.name)
        ? BigInt.asIntN(32, constant)
        : BigInt.asUintN(32, constant);
  const dst = extend(condition.left);
  const operand: Operand =
    value !== undefined && fitsSigned(32, value)
      ? { kind: "immediate", value: Number(value) }
      : { kind: "register", register: extend(condition.right) };
  return { dst, operand, wide: true };
}
