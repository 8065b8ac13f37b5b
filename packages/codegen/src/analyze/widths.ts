// Widths of values by the rule of the language: an arithmetic result has the width of its widest operand (a constant: what
// it needs) or what its range needs, whichever is less. In bits, 1…64. The rule is about what authors mean, not about what
// is possible: past that width a value wraps when it is stored.
import { type CalleeRow, callees } from "@typebpf/abi";
import type { BlockId, Inst, IrFunction, ValueId } from "../ir/function.ts";
import { bitsNeeded, signed } from "../ir/interval.ts";
import type { BinaryOp, UnaryOp } from "../ir/ops.ts";
import type { Ranges } from "../ir/ranges.ts";

/** The width of every integer value. */
export interface Widths {
  /** In a block, with what the branches before say of its range. */
  at(value: ValueId, block: BlockId): number;
}

/** Computes widths from ranges; parameters are as wide as their widest operand. */
export function computeWidths(fn: IrFunction, ranges: Ranges): Widths {
  const widths = new Map<ValueId, number>();
  const width = (value: ValueId): number => widths.get(value) ?? 0;
  for (let changed = true; changed; ) {
    changed = false;
    const set = (value: ValueId, bits: number): void => {
      if (width(value) === bits) return;
      widths.set(value, bits);
      changed = true;
    };
    for (const block of fn.blocks) {
      if (!ranges.isReachable(block.id)) continue;
      block.params.forEach((param, index) => {
        const edges = ranges.incoming(block.id).filter((edge) => ranges.isFeasible(edge.from.id, edge.index));
        if (edges.length === 0) {
          set(param.value, Math.min(param.known?.width ?? 64, bitsNeeded(ranges.of(param.value))));
          return;
        }
        const widest = edges.reduce((most, edge) => {
          const arg = edge.args[index];
          return arg === undefined ? most : Math.max(most, Math.min(width(arg), bitsNeeded(ranges.onEdge(arg, edge))));
        }, width(param.value));
        set(param.value, Math.min(widest, bitsNeeded(ranges.of(param.value))));
      });
      for (const inst of block.insts) {
        if (!("result" in inst) || inst.result === undefined) continue;
        set(inst.result, Math.min(widthOf(inst, width), bitsNeeded(ranges.of(inst.result))));
      }
    }
  }
  return { at: (value, block) => Math.min(widths.get(value) ?? 64, bitsNeeded(ranges.at(value, block))) };
}

const unaryWidths: Readonly<Partial<Record<UnaryOp, number>>> = {
  sext8: 8,
  sext16: 16,
  swap16: 16,
  sext32: 32,
  zext32: 32,
  swap32: 32,
  neg32: 32,
};

function widthOf(inst: Inst, width: (value: ValueId) => number): number {
  switch (inst.op) {
    case "const": {
      const value = BigInt.asIntN(64, inst.value);
      return bitsNeeded(signed(value, value));
    }
    case "load":
    case "atomic":
      return inst.size * 8;
    case "ptrdiff":
      return 32;
    case "call":
      return returnedWidth(callees[inst.helper]);
    case "invoke":
      return inst.known?.width ?? 64;
    case "element":
      return inst.of === "count" && !inst.fails ? 32 : 64;
    case "ptradd":
    case "slot":
    case "map":
    case "address":
    case "function":
    case "store":
    case "copy":
    case "zero":
    case "assert":
      return 64;
    default:
      break;
  }
  const [left, right] = inst.args;
  if (right === undefined) return Math.min(width(left), unaryWidths[inst.op as UnaryOp] ?? 64);
  return binaryWidth(inst.op as BinaryOp, width(left), width(right));
}

function binaryWidth(op: BinaryOp, left: number, right: number): number {
  const widest = Math.max(left, right);
  return op.endsWith("32") ? Math.min(widest, 32) : widest;
}

function returnedWidth({ returns }: CalleeRow): number {
  if (returns.is === "integer") return returns.width;
  return returns.is === "status" || returns.is === "length" ? 32 : 64;
}
