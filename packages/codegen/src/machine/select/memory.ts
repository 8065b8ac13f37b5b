// Selection of memory accesses. Distances fold into the 16-bit offset, constants into store-immediates; copies and fills
// become straight-line accesses, each as wide as alignment allows: the kernel wants stack accesses aligned to their size,
// packets and map values may be unaligned; stores to the context take registers only (check_mem_access).
import { type AccessSize, type InsnName, R0 } from "@typebpf/abi";
import { argsOf } from "../../ir/cfg.ts";
import type {
  AtomicInst,
  CopyInst,
  LoadInst,
  PointerAddInst,
  PointerDifferenceInst,
  StoreInst,
  ValueId,
  ZeroInst,
} from "../../ir/function.ts";
import { alu, atomic, frameAddress, load, move, type Place, store } from "../build.ts";
import { machineDiagnostics } from "../diagnostics.ts";
import type { MirInst, Register } from "../mir.ts";
import { signExtendByShifts } from "./arithmetic.ts";
import { fitsSigned } from "./extensions.ts";
import type { Selection } from "./state.ts";

/** `dst = *(pointer + offset)`. */
export function selectLoad(sel: Selection, inst: LoadInst, dst: Register, out: MirInst[]): void {
  const { size, at } = inst;
  const [pointer] = inst.args;
  const whole = widest(sel, [{ pointer, offset: inst.offset }], 0, size) === size;
  const byShifts = inst.signed && size < 8 && (sel.isa < 4 || !whole);
  if (whole) out.push(load(size, inst.signed && !byShifts, dst, sel.place(pointer, inst.offset, out, at), at));
  else loadInParts(sel, inst, dst, out);
  if (byShifts) out.push(...signExtendByShifts(dst, size * 8, at));
}

/** A load that the stack's alignment does not allow: joined from narrower ones, the lowest bytes first. */
function loadInParts(sel: Selection, inst: LoadInst, dst: Register, out: MirInst[]): void {
  const { size, at } = inst;
  const [pointer] = inst.args;
  for (let position = 0; position < size; ) {
    const part = widest(sel, [{ pointer, offset: inst.offset }], position, size - position);
    const target = position === 0 ? dst : sel.fresh();
    out.push(load(part, false, target, sel.place(pointer, inst.offset + position, out, at), at));
    if (position > 0) {
      out.push(alu("lsh", 64, target, { kind: "immediate", value: position * 8 }, at));
      out.push(alu("or", 64, dst, { kind: "register", register: target }, at));
    }
    position += part;
  }
}

/** `*(pointer + offset) = value`. */
export function selectStore(sel: Selection, inst: StoreInst, out: MirInst[]): void {
  const { size, at } = inst;
  const [pointer, value] = inst.args;
  if (widest(sel, [{ pointer, offset: inst.offset }], 0, size) !== size) {
    storeInParts(sel, inst, out);
    return;
  }
  const place = sel.place(pointer, inst.offset, out, at);
  const source = size < 8 ? sel.low(value, size * 8) : value;
  const immediate = sel.types.get(pointer) === "ptr.context" ? undefined : sel.immediate(source, size === 8 ? 64 : 32);
  out.push(
    immediate === undefined
      ? store(size, place, { kind: "register", register: sel.use(source, out, at) }, at)
      : store(size, place, { kind: "immediate", value: immediate }, at),
  );
}

/** A store that the stack's alignment does not allow: split into narrower ones, the lowest bytes first. */
function storeInParts(sel: Selection, { size, offset, args, at }: StoreInst, out: MirInst[]): void {
  const [pointer, value] = args;
  const known = sel.facts.constant(value);
  for (let position = 0; position < size; ) {
    const part = widest(sel, [{ pointer, offset }], position, size - position);
    const place = sel.place(pointer, offset + position, out, at);
    if (known !== undefined) {
      const imm = Number(BigInt.asIntN(32, BigInt.asUintN(part * 8, known >> BigInt(position * 8))));
      out.push(store(part, place, { kind: "immediate", value: imm }, at));
    } else if (position === 0) {
      out.push(store(part, place, { kind: "register", register: sel.use(value, out, at) }, at));
    } else {
      const shifted = sel.fresh();
      sel.moveInto(shifted, value, out, at);
      out.push(alu("rsh", 64, shifted, { kind: "immediate", value: position * 8 }, at));
      out.push(store(part, place, { kind: "register", register: shifted }, at));
    }
    position += part;
  }
}

/** An atomic operation; `dst` is where the old value is wanted, if it is. */
export function selectAtomic(sel: Selection, inst: AtomicInst, dst: Register | undefined, out: MirInst[]): void {
  const { operation, at } = inst;
  const width = inst.size === 8 ? 64 : 32;
  const fetch = dst !== undefined || operation === "xchg" || operation === "cmpxchg";
  if (sel.isa < 3 && (fetch || operation !== "add"))
    sel.report(
      machineDiagnostics.noAtomic,
      `instruction set version ${sel.isa} has no atomic ${operation} like this`,
      at,
    );
  const place = sel.place(inst.args[0], inst.offset, out, at);
  if (!fetch) {
    out.push(atomic(`atomic${width}_${operation}`, place, sel.use(inst.args[1], out, at), at));
    return;
  }
  if (operation === "cmpxchg") {
    selectCompareExchange(sel, inst, place, dst, out);
    return;
  }
  // The register with the operand receives the old value.
  const exchanged = dst ?? sel.fresh();
  sel.moveInto(exchanged, inst.args[1], out, at);
  const name: InsnName = operation === "xchg" ? `atomic${width}_xchg` : `atomic${width}_fetch_${operation}`;
  out.push(atomic(name, place, exchanged, at));
}

/** The expected value goes in by r0, the old one comes out of it. */
function selectCompareExchange(
  sel: Selection,
  inst: AtomicInst,
  place: Place,
  dst: Register | undefined,
  out: MirInst[],
): void {
  const { args, size, at } = inst;
  const [, , expected] = argsOf(inst);
  if (expected === undefined) throw new Error("select: cmpxchg without the expected value");
  const value = sel.use(args[1], out, at);
  sel.moveInto(R0, expected, out, at);
  out.push(atomic(size === 8 ? "atomic64_cmpxchg" : "atomic32_cmpxchg", place, value, at));
  if (dst !== undefined) out.push(move(dst, R0, at));
}

interface Side {
  readonly pointer: ValueId;
  readonly offset: number;
}

/** Widest access of at most `left` bytes that every side allows, `position` bytes behind its offset. */
function widest(sel: Selection, sides: readonly Side[], position: number, left: number): AccessSize {
  const allowed = (size: number): boolean =>
    size <= left &&
    sides.every(
      ({ pointer, offset }) =>
        sel.types.get(pointer) !== "ptr.stack" ||
        (sel.facts.alignment(pointer) >= size && (offset + position) % size === 0),
    );
  return allowed(8) ? 8 : allowed(4) ? 4 : allowed(2) ? 2 : 1;
}

/** Copies chunk by chunk. */
export function selectCopy(sel: Selection, inst: CopyInst, out: MirInst[]): void {
  const [target, source] = inst.args;
  const sides = [
    { pointer: target, offset: inst.offset },
    { pointer: source, offset: inst.sourceOffset },
  ];
  for (let position = 0; position < inst.size; ) {
    const size = widest(sel, sides, position, inst.size - position);
    const chunk = sel.fresh();
    out.push(load(size, false, chunk, sel.place(source, inst.sourceOffset + position, out, inst.at), inst.at));
    const place = sel.place(target, inst.offset + position, out, inst.at);
    out.push(store(size, place, { kind: "register", register: chunk }, inst.at));
    position += size;
  }
}

/** Fills with zero, chunk by chunk. */
export function selectZero(sel: Selection, inst: ZeroInst, out: MirInst[]): void {
  const [target] = inst.args;
  for (let position = 0; position < inst.size; ) {
    const size = widest(sel, [{ pointer: target, offset: inst.offset }], position, inst.size - position);
    const place = sel.place(target, inst.offset + position, out, inst.at);
    out.push(store(size, place, { kind: "immediate", value: 0 }, inst.at));
    position += size;
  }
}

/** `dst` = pointer + variable bytes; a constant part of the pointer is left to the uses (see `Selection.anchor`). */
export function selectPointerAdd(sel: Selection, inst: PointerAddInst, dst: Register, out: MirInst[]): void {
  const { at } = inst;
  const sum = sel.variableSum(inst);
  const operand = sel.operand(sum?.bytes ?? inst.args[1], 64, out, at);
  if (!sum) sel.moveInto(dst, inst.args[0], out, at);
  else if (sum.base.kind === "slot") out.push(frameAddress(dst, sum.base.slot, sum.base.offset, at));
  else out.push(move(dst, sel.registerOf(sum.base.value), at));
  out.push(alu("add", 64, dst, operand, at));
}

/** `dst` = left - right; constant parts are added at the end. */
export function selectPointerDifference(
  sel: Selection,
  inst: PointerDifferenceInst,
  dst: Register,
  out: MirInst[],
): void {
  const { at } = inst;
  const [left, right] = inst.args.map((arg) => sel.anchor(arg));
  if (left?.kind !== "value" || right?.kind !== "value" || !fitsSigned(31, BigInt(left.offset - right.offset))) {
    const subtrahend = sel.use(inst.args[1], out, at);
    sel.moveInto(dst, inst.args[0], out, at);
    out.push(alu("sub", 64, dst, { kind: "register", register: subtrahend }, at));
    return;
  }
  out.push(move(dst, sel.registerOf(left.value), at));
  out.push(alu("sub", 64, dst, { kind: "register", register: sel.registerOf(right.value) }, at));
  const rest = left.offset - right.offset;
  if (rest !== 0) out.push(alu("add", 64, dst, { kind: "immediate", value: rest }, at));
}
