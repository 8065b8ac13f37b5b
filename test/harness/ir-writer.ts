// Writes IR from a tape of random numbers: the open block, fresh values, and one method for each simple instruction.
// What the instructions are put together to is up to the class that extends it (random-ir.ts).
import type { Span } from "@typebpf/abi";
import type { Block, BlockId, Inst, Param, Terminator, ValueId } from "../../packages/codegen/src/ir/function.ts";
import type { BinaryOp, UnaryOp } from "../../packages/codegen/src/ir/ops.ts";
import type { IrType } from "../../packages/codegen/src/ir/types.ts";

const INTERESTING: readonly bigint[] = [
  0n,
  1n,
  2n,
  7n,
  8n,
  31n,
  32n,
  63n,
  64n,
  255n,
  256n,
  0xffffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x7fff_ffff_ffff_ffffn,
  0x8000_0000_0000_0000n,
  0xffff_ffff_8000_0000n,
  0xffff_ffff_ffff_ffffn,
];

/** The tape, and what has been written so far. */
export class IrWriter {
  protected position = 0;
  protected nextValue = 0;
  protected nextBlock = 0;
  protected readonly blocks: Block[] = [];
  protected readonly tape: readonly number[];
  private line = 1;
  private id: BlockId = 0;
  private params: readonly Param[] = [];
  private insts: Inst[] = [];

  constructor(tape: readonly number[]) {
    this.tape = tape;
  }

  protected at(): Span {
    return { file: "random", line: this.line++, column: 1, length: 1 };
  }

  protected take(below: number): number {
    const value = this.tape[this.position++] ?? 0;
    return value % below;
  }

  protected push(inst: Inst): void {
    this.insts.push(inst);
  }

  protected define(make: (result: ValueId) => Inst): ValueId {
    const result = this.nextValue++;
    this.push(make(result));
    return result;
  }

  protected close(end: Terminator): void {
    this.blocks.push({ id: this.id, params: this.params, insts: this.insts, end });
  }

  protected open(id: BlockId, params: readonly Param[]): void {
    this.id = id;
    this.params = params;
    this.insts = [];
  }

  protected slot(slot: number): ValueId {
    return this.define((result) => ({ op: "slot", slot, result, type: "ptr.stack", at: this.at() }));
  }

  protected literal(value: bigint, type: IrType = "i64"): ValueId {
    return this.define((result) => ({ op: "const", value, result, type, at: this.at() }));
  }

  protected constant(): ValueId {
    const kind = this.take(3);
    if (kind === 0) return this.literal(BigInt(this.take(100)));
    if (kind === 1) return this.literal(INTERESTING[this.take(INTERESTING.length)] ?? 0n);
    return this.literal((BigInt(this.take(2 ** 32)) << 32n) | BigInt(this.take(2 ** 32)));
  }

  protected load(
    pointer: ValueId,
    size: 1 | 2 | 4 | 8,
    offset: number,
    signed: boolean,
    type: IrType = "i64",
  ): ValueId {
    return this.define((result) => ({
      op: "load",
      size,
      signed,
      offset,
      args: [pointer],
      result,
      type,
      at: this.at(),
    }));
  }

  protected binary(op: BinaryOp, left: ValueId, right: ValueId): ValueId {
    return this.define((result) => ({ op, args: [left, right], result, type: "i64", at: this.at() }));
  }

  protected unary(op: UnaryOp, operand: ValueId): ValueId {
    return this.define((result) => ({ op, args: [operand], result, type: "i64", at: this.at() }));
  }

  protected pointerAdd(pointer: ValueId, bytes: ValueId): ValueId {
    return this.define((result) => ({
      op: "ptradd",
      args: [pointer, bytes],
      result,
      type: "ptr.packet",
      at: this.at(),
    }));
  }
}
