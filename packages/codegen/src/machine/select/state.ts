// State of instruction selection for one function. Selection walks backwards, so that a value without a register when
// its definition is reached is not needed, and its definition emits nothing. Constants, maps, stack addresses, constant
// distances from pointers and extensions that change nothing have no code of their own: each use folds them in.
import { type Diagnostic, type DiagnosticRow, diagnostic, type Span } from "@typebpf/abi";
import { argsOf, argsOfEnd, highestIds, valueTypes } from "../../ir/cfg.ts";
import type { BlockId, Inst, IrFunction, PointerAddInst, SlotId, Terminator, ValueId } from "../../ir/function.ts";
import type { IrType } from "../../ir/types.ts";
import {
  alu,
  constant,
  frameAddress,
  functionAddress,
  mapReference,
  move,
  type Operand,
  type Place,
  valueAddress,
} from "../build.ts";
import { type Facts, findFacts } from "../facts.ts";
import { firstVirtual, type MirInst, type Register } from "../mir.ts";
import { fitsSigned, isIdentity, keptBits } from "./extensions.ts";

/** A value as something in a register or on the stack, plus a constant. */
export type Anchor =
  | { readonly kind: "slot"; readonly slot: SlotId; readonly offset: number }
  | { readonly kind: "value"; readonly value: ValueId; readonly offset: number };

interface SharedConstant {
  readonly register: Register;
  readonly value: bigint;
  readonly at: Span;
  /** Index of the group that runs first among those that use it. */
  group: number;
}

const MAX_DISTANCE = 1 << 28;

/** See the head of the file. `isa` decides which instructions exist. */
export class Selection {
  readonly isa: 1 | 2 | 3 | 4;
  readonly facts: Facts;
  readonly types: ReadonlyMap<ValueId, IrType>;
  readonly diagnostics: Diagnostic[] = [];
  /** Registers that hold integers. */
  readonly scalars = new Set<Register>();
  private readonly registers = new Map<ValueId, Register>();
  private readonly users = new Map<ValueId, (Inst | Terminator)[]>();
  private nextRegister: Register = firstVirtual;
  private nextBlock: BlockId;
  /** Groups of instructions of the current block, the last group of the block first. */
  private groups: MirInst[][] = [];
  private constants = new Map<bigint, SharedConstant>();

  constructor(fn: IrFunction, isa: 1 | 2 | 3 | 4) {
    this.isa = isa;
    this.facts = findFacts(fn);
    this.types = valueTypes(fn);
    this.nextBlock = highestIds(fn).block + 1;
    for (const block of fn.blocks) {
      for (const inst of block.insts) for (const arg of argsOf(inst)) this.addUser(arg, inst);
      for (const arg of argsOfEnd(block.end)) this.addUser(arg, block.end);
    }
  }

  /** A new virtual register. */
  fresh(): Register {
    return this.nextRegister++;
  }

  /** The id of a new block. */
  freshBlock(): BlockId {
    return this.nextBlock++;
  }

  report(row: DiagnosticRow, message: string, at: Span): void {
    this.diagnostics.push(diagnostic(row, { message, at }));
  }

  /** True when exactly one operand in the function is this value. */
  usedOnce(value: ValueId): boolean {
    return this.usersOf(value).length === 1;
  }

  /** What reads the value; once per operand. */
  usersOf(value: ValueId): readonly (Inst | Terminator)[] {
    return this.users.get(value) ?? [];
  }

  /** The register that later code expects the value in, if any does. */
  needed(value: ValueId): Register | undefined {
    return this.registers.get(value);
  }

  /** The register of a value that has code of its own. */
  registerOf(value: ValueId): Register {
    const known = this.registers.get(value);
    if (known !== undefined) return known;
    const register = this.fresh();
    this.registers.set(value, register);
    if (this.types.get(value) === "i64") this.scalars.add(register);
    return register;
  }

  /** The instruction that defines the value; undefined for block parameters. */
  instOf(value: ValueId): Inst | undefined {
    const definition = this.facts.definition(value);
    return definition.kind === "inst" ? definition.inst : undefined;
  }

  /** What the value is made of. */
  anchor(value: ValueId): Anchor {
    const inst = this.instOf(value);
    if (inst?.op === "slot") return { kind: "slot", slot: inst.slot, offset: 0 };
    if (inst?.op === "ptradd") {
      const distance = this.facts.constant(inst.args[1]);
      const sum = distance === undefined ? this.variableSum(inst) : undefined;
      // The register holds base + variable part; the constant part moves on to the uses.
      if (sum) return { kind: "value", value, offset: sum.base.kind === "value" ? sum.base.offset : 0 };
      const base = this.anchor(inst.args[0]);
      const offset = base.offset + Number(BigInt.asIntN(64, distance ?? 0n));
      if (distance !== undefined && Math.abs(offset) < MAX_DISTANCE) return { ...base, offset };
    }
    if (inst && isIdentity(inst, this.facts)) return this.anchor(inst.args[0]);
    return { kind: "value", value, offset: 0 };
  }

  /** A pointer plus a variable as base + variable, with all constant parts in the base's offset. */
  variableSum(inst: PointerAddInst): { readonly base: Anchor; readonly bytes: ValueId } | undefined {
    const base = this.anchor(inst.args[0]);
    if (base.kind === "value" && this.facts.constant(base.value) !== undefined) return undefined;
    const { bytes, constant } = this.withoutConstant(inst.args[1]);
    const offset = base.offset + constant;
    return Math.abs(offset) < MAX_DISTANCE ? { base: { ...base, offset }, bytes } : undefined;
  }

  /**
   * A sum that only this use needs, without its constant part. Of packet pointers the kernel's verifier wants the variable
   * and the constant part each not negative (check_packet_access), so only such sums are split.
   */
  private withoutConstant(value: ValueId): { readonly bytes: ValueId; readonly constant: number } {
    const inst = this.instOf(value);
    if (inst?.op === "add64" && this.usedOnce(value) && this.facts.bits(inst.args[0]) <= 32) {
      const constant = this.immediate(inst.args[1], 64);
      if (constant !== undefined && constant >= 0) return { bytes: inst.args[0], constant };
    }
    return { bytes: value, constant: 0 };
  }

  /** The value in a register, for reading. */
  use(value: ValueId, out: MirInst[], at: Span): Register {
    const anchor = this.anchor(value);
    if (anchor.kind === "value" && anchor.offset === 0) {
      const known = this.facts.constant(anchor.value);
      if (known !== undefined) return this.constantRegister(known, at);
      const op = this.instOf(anchor.value)?.op;
      if (op !== "map" && op !== "function") return this.registerOf(anchor.value);
    }
    const register = this.fresh();
    this.moveInto(register, value, out, at);
    return register;
  }

  /** Emits code that puts the value into `dst`, without any other register. */
  moveInto(dst: Register, value: ValueId, out: MirInst[], at: Span): void {
    const anchor = this.anchor(value);
    if (anchor.kind === "slot") {
      out.push(frameAddress(dst, anchor.slot, anchor.offset, at));
      return;
    }
    const inst = this.instOf(anchor.value);
    if (inst?.op === "const") out.push(constant(dst, inst.value + BigInt(anchor.offset), at));
    else if (inst?.op === "map") out.push(mapReference(dst, inst.map, at));
    else if (inst?.op === "address" && anchor.offset > 0)
      out.push(valueAddress(dst, inst.of, inst.name, inst.offset + anchor.offset, at));
    else if (inst?.op === "function") out.push(functionAddress(dst, inst.function, at));
    else {
      out.push(move(dst, this.registerOf(anchor.value), at));
      if (anchor.offset !== 0) out.push(alu("add", 64, dst, { kind: "immediate", value: anchor.offset }, at));
    }
  }

  /** The memory at `pointer + offset`. */
  place(pointer: ValueId, offset: number, out: MirInst[], at: Span): Place {
    const anchor = this.anchor(pointer);
    const total = anchor.offset + offset;
    if (anchor.kind === "slot") return { kind: "slot", slot: anchor.slot, offset: total };
    const isConstant = this.facts.constant(anchor.value) !== undefined;
    if (fitsSigned(16, BigInt(total)) && !isConstant)
      return { kind: "register", register: this.registerOf(anchor.value), offset: total };
    const register = this.fresh();
    this.moveInto(register, pointer, out, at);
    if (offset !== 0) out.push(alu("add", 64, register, { kind: "immediate", value: offset }, at));
    return { kind: "register", register, offset: 0 };
  }

  /** The second operand of a 32- or 64-bit operation: an immediate where it fits. */
  operand(value: ValueId, width: 32 | 64, out: MirInst[], at: Span): Operand {
    const immediate = this.immediate(value, width);
    return immediate === undefined
      ? { kind: "register", register: this.use(value, out, at) }
      : { kind: "immediate", value: immediate };
  }

  /** The value as the immediate of a 32- or 64-bit operation, if it is one. */
  immediate(value: ValueId, width: 32 | 64): number | undefined {
    const anchor = this.anchor(value);
    if (anchor.kind === "slot" || anchor.offset !== 0) return undefined;
    const known = this.facts.constant(anchor.value);
    if (known === undefined) return undefined;
    const signed = BigInt.asIntN(width, known);
    return fitsSigned(32, signed) ? Number(signed) : undefined;
  }

  /** A value with the same `bits` low bits, of which less has to be computed. */
  low(value: ValueId, bits: number): ValueId {
    const inst = this.instOf(value);
    if (!inst || this.needed(value) !== undefined) return value;
    const kept = keptBits(inst, this.facts);
    return kept !== undefined && kept.bits >= bits ? this.low(kept.of, bits) : value;
  }

  /** Begins the next block. */
  openBlock(): void {
    this.groups = [];
    this.constants = new Map();
  }

  /** Puts instructions before all that the block has so far. */
  prepend(group: MirInst[]): void {
    this.groups.push(group);
  }

  /** All instructions of the block, in order. */
  closeBlock(): readonly MirInst[] {
    for (const shared of this.constants.values())
      this.groups[shared.group]?.unshift(constant(shared.register, shared.value, shared.at));
    return this.groups.reverse().flat();
  }

  private addUser(value: ValueId, user: Inst | Terminator): void {
    const known = this.users.get(value);
    if (known) known.push(user);
    else this.users.set(value, [user]);
  }

  /** A register with the constant, shared by the uses in this block. */
  private constantRegister(value: bigint, at: Span): Register {
    const known = this.constants.get(value);
    const shared = known ?? { register: this.fresh(), value, at, group: 0 };
    shared.group = this.groups.length;
    if (!known) this.constants.set(value, shared);
    return shared.register;
  }
}
