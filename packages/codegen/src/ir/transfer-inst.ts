// The range of an instruction's result from the ranges of its operands. Helpers give what their rows say; with the kernel's
// knowledge only what its verifier follows is known.
import { type CalleeRow, callees } from "@typebpf/abi";
import type { Inst, Param, ValueId } from "./function.ts";
import { exactly, full, type Interval, signed, unsigned, unsignedMax } from "./interval.ts";
import { kernelFollows } from "./kernel-knowledge.ts";
import type { BinaryOp, UnaryOp } from "./ops.ts";
import type { Knowledge } from "./said.ts";
import { transferBinary, transferUnary } from "./transfer.ts";
import { isPointer } from "./types.ts";

/** Any pointer that is not null. */
const pointerRange = unsigned(1n, unsignedMax);

/** The range of what an instruction gives, `at` being the ranges of its operands where it stands. */
export function transferInst(inst: Inst, at: (value: ValueId) => Interval, knowledge: Knowledge): Interval {
  switch (inst.op) {
    case "const":
      return exactly(inst.value);
    case "load":
      if (isPointer(inst.type)) return inst.size === 8 ? full : pointerRange;
      return (knowledge === "all" && inst.known?.range) || loaded(inst.size, inst.signed);
    case "atomic":
      return loaded(inst.size, false);
    case "ptrdiff":
      return knowledge === "all" ? unsigned(0n, 0x7fffffffn) : full;
    case "call":
      return knowledge === "all" ? returned(callees[inst.helper]) : full;
    case "invoke":
      return (knowledge === "all" && inst.known?.range) || full;
    case "ptradd":
    case "slot":
    case "map":
    case "address":
    case "function":
      return pointerRange;
    case "element":
      if (inst.of !== "count") return pointerRange;
      return inst.fails ? signed(-4095n, BigInt(inst.most)) : unsigned(0n, BigInt(inst.most));
    case "store":
    case "copy":
    case "zero":
    case "assert":
      return full;
    default:
      break;
  }
  const [left, right] = inst.args;
  const operands = [left, right].flatMap((arg) => (arg === undefined ? [] : [at(arg)]));
  const [a = full, b] = operands;
  if (knowledge === "kernel" && !kernelFollows(inst.op, operands)) return full;
  return b ? transferBinary(inst.op as BinaryOp, a, b) : transferUnary(inst.op as UnaryOp, a);
}

/** A parameter of the function. Of integers the kernel's verifier may know nothing. */
export function givenRange({ type, known }: Param, knowledge: Knowledge): Interval {
  if (isPointer(type)) return known?.range ?? pointerRange;
  return (knowledge === "all" && known?.range) || full;
}

function loaded(size: 1 | 2 | 4 | 8, isSigned: boolean): Interval {
  const half = 1n << BigInt(size * 8 - 1);
  return isSigned ? signed(-half, half - 1n) : unsigned(0n, half * 2n - 1n);
}

/** Errno values are below 4096 (include/linux/err.h, MAX_ERRNO). */
const status = signed(-4095n, 0n);

/** As many bytes as an `int` can say, or an errno. */
const length = signed(-4095n, 0x7fffffffn);

function returned({ returns }: CalleeRow): Interval {
  if (returns.is === "status") return status;
  if (returns.is === "length") return length;
  return returns.is === "integer" ? loaded(returns.width === 32 ? 4 : 8, returns.signed) : full;
}
