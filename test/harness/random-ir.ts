// Well-formed IR functions from a tape of random numbers, for fuzzing: variables that branches and loops join again,
// memory on the stack, helpers. A shorter tape gives a smaller function, so failures shrink well. Every function ends.
import type { IrFunction, Param, ValueId } from "../../packages/codegen/src/ir/function.ts";
import { binaryOps, compareOps, unaryOps } from "../../packages/codegen/src/ir/ops.ts";
import { IrWriter } from "./ir-writer.ts";

export interface RandomOptions {
  /** Also atomic operations that version 1 of the instruction set lacks. */
  readonly atomics: boolean;
}

const SLOTS = [
  { size: 24, align: 8 },
  { size: 12, align: 4 },
  { size: 7, align: 1 },
] as const;

/** Builds a function that is a function of the tape alone. */
export function randomFunction(tape: readonly number[], options: RandomOptions): IrFunction {
  return new Builder(tape, options).build();
}

const MAX_DEPTH = 4;

/** Where the context has the addresses of the packet and of its end, and how long the packet is. */
export const packetLayout = { start: 56, end: 60, size: 64 } as const;

class Builder extends IrWriter {
  private variables: ValueId[] = [];
  private packet: ValueId = -1;
  private packetEnd: ValueId = -1;
  /** Pointers into the packet that dominate the current block; each has 16 bytes behind it. */
  private pointers: ValueId[] = [];
  private readonly context: ValueId;
  private readonly options: RandomOptions;

  constructor(tape: readonly number[], options: RandomOptions) {
    super(tape);
    this.options = options;
    this.context = this.nextValue++;
    this.open(this.nextBlock++, [{ value: this.context, type: "ptr.context" }]);
  }

  build(): IrFunction {
    SLOTS.forEach(({ size }, slot) => {
      this.push({ op: "zero", size, offset: 0, args: [this.slot(slot)], at: this.at() });
    });
    this.packet = this.load(this.context, 4, packetLayout.start, false, "ptr.packet");
    this.packetEnd = this.load(this.context, 4, packetLayout.end, false, "ptr.packetEnd");
    this.pointers.push(this.packet);
    const count = 2 + this.take(9);
    for (let i = 0; i < count; i++) this.variables.push(i % 2 === 0 ? this.contextLoad(i * 4) : this.constant());
    while (this.position < this.tape.length) this.statement(0);
    let result = this.variables[0] ?? 0;
    for (const other of this.variables.slice(1))
      result = this.binary("xor64", this.binary("mul64", result, this.literal(31n)), other);
    SLOTS.forEach((_, slot) => {
      const loaded = this.load(this.slot(slot), 4, 0, false);
      result = this.binary("add64", result, loaded);
    });
    this.close({ op: "return", args: [result], at: this.at() });
    const slots = SLOTS.map(({ size, align }, id) => ({ id, size, align, name: `slot ${id}`, at: this.at() }));
    return { name: "random", failure: 0, slots, blocks: this.blocks.toSorted((a, b) => a.id - b.id) };
  }

  private contextLoad(offset: number): ValueId {
    return this.load(this.context, 4, offset, false);
  }

  private variable(): ValueId {
    return this.variables[this.take(this.variables.length)] ?? this.context;
  }

  private operand(): ValueId {
    return this.take(3) === 0 ? this.constant() : this.variable();
  }

  private set(value: ValueId): void {
    this.variables[this.take(this.variables.length)] = value;
  }

  /** A pointer into a slot with room for `size` bytes at the offset; sometimes with a part known only at run time. */
  private pointer(size: number): { readonly pointer: ValueId; readonly offset: number } {
    if (this.take(3) === 0) {
      const pointer = this.pointers[this.take(this.pointers.length)] ?? this.packet;
      return { pointer, offset: this.take(9) };
    }
    const fitting = SLOTS.flatMap((slot, index) => (slot.size >= size ? [index] : []));
    const index = fitting[this.take(fitting.length)] ?? 0;
    const room = (SLOTS[index]?.size ?? 0) - size;
    const offset = Math.floor(this.take(room + 1) / size) * size;
    const base = this.slot(index);
    if (room < 8 || this.take(2) === 0) return { pointer: base, offset };
    const moved = this.define((result) => ({
      op: "ptradd",
      args: [base, this.literal(BigInt(size))],
      result,
      type: "ptr.stack",
      at: this.at(),
    }));
    const distance = this.binary("and64", this.variable(), this.literal(BigInt(room - size) & 3n));
    const pointer = this.define((result) => ({
      op: "ptradd",
      args: [moved, distance],
      result,
      type: "ptr.stack",
      at: this.at(),
    }));
    return { pointer, offset: -size * this.take(2) };
  }

  private statement(depth: number): void {
    const kinds = depth < MAX_DEPTH ? 16 : 12;
    const kind = this.take(kinds);
    if (kind <= 3)
      this.set(this.binary(binaryOps[this.take(binaryOps.length)] ?? "add64", this.operand(), this.operand()));
    else if (kind === 4 && this.take(3) === 0) this.rotation();
    else if (kind <= 5) this.set(this.unary(unaryOps[this.take(unaryOps.length)] ?? "zext32", this.operand()));
    else if (kind === 6) this.memory();
    else if (kind === 7) this.block();
    else if (kind === 8) this.call();
    else if (kind === 9) this.atomic();
    else if (kind === 10) this.exchange();
    else if (kind === 11) this.set(this.constant());
    else if (kind === 12) this.conditional(depth);
    else if (kind <= 14) this.checked(depth);
    else this.loop(depth);
  }

  private memory(): void {
    const size = ([1, 2, 4, 8] as const)[this.take(4)] ?? 8;
    const { pointer, offset } = this.pointer(size);
    if (this.take(2) === 0) this.set(this.load(pointer, size, offset, this.take(2) === 0));
    else this.push({ op: "store", size, offset, args: [pointer, this.operand()], at: this.at() });
  }

  private block(): void {
    const size = 1 + this.take(7);
    if (this.take(2) === 0) {
      const { pointer, offset } = this.pointer(size);
      this.push({ op: "zero", size, offset, args: [pointer], at: this.at() });
    } else
      this.push({
        op: "copy",
        size,
        offset: this.take(5),
        sourceOffset: 0,
        args: [this.slot(0), this.slot(2)],
        at: this.at(),
      });
  }

  private call(): void {
    if (this.take(2) === 0) {
      this.set(
        this.define((result) => ({ op: "call", helper: "ktimeGetNs", args: [], result, type: "i64", at: this.at() })),
      );
      return;
    }
    const map = this.define((result) => ({ op: "map", map: "m", result, type: "ptr.map", at: this.at() }));
    const args = [map, this.slot(0), this.slot(1), this.operand()];
    this.set(
      this.define((result) => ({ op: "call", helper: "mapUpdateElem", args, result, type: "i64", at: this.at() })),
    );
  }

  private atomic(): void {
    const size = this.take(2) === 0 ? 4 : 8;
    const operation = this.options.atomics
      ? ((["add", "or", "and", "xor", "xchg"] as const)[this.take(5)] ?? "add")
      : "add";
    const fetch = this.options.atomics && this.take(2) === 0;
    const args = [this.slot(0), this.operand()] as const;
    const base = { op: "atomic", operation, size, offset: size * this.take(2), args, at: this.at() } as const;
    if (fetch) this.set(this.define((result) => ({ ...base, result, type: "i64" })));
    else this.push(base);
  }

  /** A rotation of a 32-bit value, as a hash has it: into a sum, or with a use that sees more than its low half. */
  private rotation(): void {
    const operand = this.unary("zext32", this.variable());
    const count = 1 + this.take(31);
    const left = this.binary("shl32", operand, this.literal(BigInt(count)));
    const right = this.binary("lshr32", operand, this.literal(BigInt(32 - count)));
    const rotated = this.binary("or32", left, right);
    this.set(this.take(2) === 0 ? rotated : this.binary("xor32", this.variable(), rotated));
  }

  /** Exchanges two variables: cycles among the moves of later joins. */
  private exchange(): void {
    const a = this.take(this.variables.length);
    const b = this.take(this.variables.length);
    [this.variables[a], this.variables[b]] = [this.variables[b] ?? this.context, this.variables[a] ?? this.context];
  }

  private body(depth: number): void {
    for (let left = 1 + this.take(4); left > 0; left--) this.statement(depth + 1);
  }

  private parameters(): readonly Param[] {
    return this.variables.map(() => ({ value: this.nextValue++, type: "i64" }));
  }

  private conditional(depth: number): void {
    const join = this.parameters();
    const [then, otherwise, after] = [this.nextBlock++, this.nextBlock++, this.nextBlock++];
    const before = [...this.variables];
    const direct = this.take(3) === 0;
    const compare = compareOps[this.take(compareOps.length)] ?? "eq64";
    this.close({
      op: "branch",
      compare,
      args: [this.operand(), this.operand()],
      then: { block: then, args: [] },
      else: direct ? { block: after, args: before } : { block: otherwise, args: [] },
      at: this.at(),
    });
    this.open(then, []);
    this.body(depth);
    this.close({ op: "jump", to: { block: after, args: this.variables }, at: this.at() });
    if (!direct) {
      this.variables = [...before];
      this.open(otherwise, []);
      this.body(depth);
      this.close({ op: "jump", to: { block: after, args: this.variables }, at: this.at() });
    }
    this.variables = join.map((param) => param.value);
    this.open(after, join);
  }

  /** A bounds check of a pointer into the packet, with code that may use the pointer where it holds. */
  private checked(depth: number): void {
    const from = this.pointers[this.take(this.pointers.length)] ?? this.packet;
    const plus = this.literal(BigInt(this.take(24)));
    const masked = (): ValueId => this.binary("and64", this.variable(), this.literal(7n));
    const kind = this.take(3);
    const bytes = kind === 0 ? plus : kind === 1 ? masked() : this.binary("add64", masked(), plus);
    const pointer = this.pointerAdd(from, bytes);
    const limit = this.pointerAdd(pointer, this.literal(16n));
    const join = this.parameters();
    const [then, after] = [this.nextBlock++, this.nextBlock++];
    const fail = { block: after, args: [...this.variables] };
    const then_ = { block: then, args: [] };
    const end = { op: "branch", args: [limit, this.packetEnd], at: this.at() } as const;
    if (this.take(2) === 0) this.close({ ...end, compare: "ugt64", then: fail, else: then_ });
    else this.close({ ...end, compare: "ule64", then: then_, else: fail });
    this.open(then, []);
    this.pointers.push(pointer);
    this.body(depth);
    if (this.take(3) === 0) {
      const length = this.define((result) => ({
        op: "ptrdiff",
        args: [this.packetEnd, pointer],
        result,
        type: "i64",
        at: this.at(),
      }));
      this.set(length);
    }
    this.pointers.pop();
    this.close({ op: "jump", to: { block: after, args: this.variables }, at: this.at() });
    this.variables = join.map((param) => param.value);
    this.open(after, join);
  }

  private loop(depth: number): void {
    const [header, body, after] = [this.nextBlock++, this.nextBlock++, this.nextBlock++];
    const limit = BigInt(this.take(4));
    const start = this.literal(0n);
    this.close({ op: "jump", to: { block: header, args: [start, ...this.variables] }, at: this.at() });
    const counter: Param = { value: this.nextValue++, type: "i64" };
    const params = this.parameters();
    this.open(header, [counter, ...params]);
    this.variables = params.map((param) => param.value);
    const carried = [...this.variables];
    this.close({
      op: "branch",
      compare: "ult64",
      args: [counter.value, this.literal(limit)],
      then: { block: body, args: [] },
      else: { block: after, args: [] },
      at: this.at(),
    });
    this.open(body, []);
    this.body(depth);
    const next = this.binary("add64", counter.value, this.literal(1n));
    this.close({ op: "jump", to: { block: header, args: [next, ...this.variables] }, at: this.at() });
    this.variables = carried;
    this.open(after, []);
  }
}
