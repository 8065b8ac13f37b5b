// Constructors of MIR instructions, so that selection reads like assembly. Each ensures that the fields fit the form of
// the instruction table; immediates must fit 32 signed bits.
import { type AccessSize, type AluOp, type InsnName, R10, type Span, type Width } from "@typebpf/abi";
import type { SlotId } from "../ir/function.ts";
import type { MirInst, Register } from "./mir.ts";

/** Where a memory access goes: a register or a frame slot, plus bytes. */
export type Place =
  | { readonly kind: "register"; readonly register: Register; readonly offset: number }
  | { readonly kind: "slot"; readonly slot: SlotId; readonly offset: number };

/** The second operand of arithmetic, stores and comparisons. */
export type Operand =
  | { readonly kind: "register"; readonly register: Register }
  | { readonly kind: "immediate"; readonly value: number };

const UNSIGNED = { 1: "u8", 2: "u16", 4: "u32", 8: "u64" } as const;
const SIGNED = { 1: "s8", 2: "s16", 4: "s32" } as const;

/** The fields that name a place; `field` is the operand that holds its base. */
function placed(place: Place, field: "dst" | "src"): Pick<MirInst, "dst" | "src" | "slot" | "offset"> {
  return place.kind === "register"
    ? { [field]: place.register, offset: place.offset }
    : { [field]: R10, slot: place.slot, offset: place.offset };
}

/** `dst = dst op operand` (`mov`: `dst = operand`). */
export function alu(
  op: Exclude<AluOp, "neg" | `movsx${string}`>,
  width: Width,
  dst: Register,
  operand: Operand,
  at: Span,
): MirInst {
  return operand.kind === "register"
    ? { name: `${op}${width}_reg`, dst, src: operand.register, at }
    : { name: `${op}${width}_imm`, dst, imm: operand.value, at };
}

/** `dst = src`, all 64 bits. */
export function move(dst: Register, src: Register, at: Span): MirInst {
  return { name: "mov64_reg", dst, src, at };
}

/** An instruction on one register: negation or byte swap. */
export function inPlace(name: InsnName, dst: Register, at: Span): MirInst {
  return { name, dst, at };
}

/** The shortest instruction that loads the constant; `value` is taken modulo 2^64. */
export function constant(dst: Register, value: bigint, at: Span): MirInst {
  const wide = BigInt.asUintN(64, value);
  const signed = BigInt.asIntN(64, value);
  if (BigInt.asIntN(32, signed) === signed) return { name: "mov64_imm", dst, imm: Number(signed), at };
  if (BigInt.asUintN(32, wide) === wide) return { name: "mov32_imm", dst, imm: Number(BigInt.asIntN(32, wide)), at };
  return { name: "lddw", dst, wide, at };
}

/** `dst = *place`, extended to 64 bits. */
export function load(size: AccessSize, signed: boolean, dst: Register, place: Place, at: Span): MirInst {
  const name: InsnName = signed && size !== 8 ? `ldx_${SIGNED[size]}` : `ldx_${UNSIGNED[size]}`;
  return { name, dst, ...placed(place, "src"), at };
}

/** `*place = operand`. */
export function store(size: AccessSize, place: Place, operand: Operand, at: Span): MirInst {
  return operand.kind === "register"
    ? { name: `stx_${UNSIGNED[size]}`, ...placed(place, "dst"), src: operand.register, at }
    : { name: `st_${UNSIGNED[size]}`, ...placed(place, "dst"), imm: operand.value, at };
}

/** An atomic operation on `*place` with `src`. */
export function atomic(name: InsnName, place: Place, src: Register, at: Span): MirInst {
  return { name, ...placed(place, "dst"), src, at };
}

/** `dst` = the address of a byte of a frame slot. */
export function frameAddress(dst: Register, slot: SlotId, offset: number, at: Span): MirInst {
  return { name: "frame_address", dst, slot, offset, at };
}

/** `dst` = the map itself. */
export function mapReference(dst: Register, map: string, at: Span): MirInst {
  return { name: "lddw_map_fd", dst, map, at };
}

/** `dst` = the address of a byte of global data or of a map's only value. */
export function valueAddress(dst: Register, of: "section" | "map", name: string, offset: number, at: Span): MirInst {
  return {
    name: "lddw_map_value",
    dst,
    map: name,
    wide: BigInt(offset),
    ...(of === "section" && { section: true }),
    at,
  };
}

/** Calls another function with `args` arguments in registers. */
export function callFunction(name: string, args: number, at: Span): MirInst {
  return { name: "call_local", function: name, imm: -1, args, at };
}

/** `dst` = the address of a function. */
export function functionAddress(dst: Register, name: string, at: Span): MirInst {
  return { name: "lddw_function", dst, function: name, at };
}
