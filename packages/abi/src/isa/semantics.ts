// Meaning of arithmetic, byte order and conditions (RFC 9669 sections 4.1, 4.2 and 4.3), shared by the constant folder, the IR
// interpreter and the simulator. Values are 64-bit registers as unsigned bigints, 0 <= v < 2^64; so are results.
// 32-bit operations look at the lower halves only and clear the upper half of their result. Nothing here traps.
import type { AluOp, ByteOrderOp, JumpOp, SwapBits, Width } from "./form.ts";

interface AluMeaning {
  /** Operands and result are taken modulo 2^width: unsigned, or signed where `signed` says so. */
  readonly signed?: boolean;
  readonly compute: (dst: bigint, src: bigint, width: Width) => bigint;
}

/** Shifts use the lower 5 or 6 bits of the amount. */
const amount = (src: bigint, width: Width): bigint => src & BigInt(width - 1);

const ALU: { readonly [K in AluOp]: AluMeaning } = {
  add: { compute: (dst, src) => dst + src },
  sub: { compute: (dst, src) => dst - src },
  mul: { compute: (dst, src) => dst * src },
  div: { compute: (dst, src) => (src === 0n ? 0n : dst / src) },
  // The one overflow, most negative by -1, wraps to the most negative number.
  sdiv: { signed: true, compute: (dst, src) => (src === 0n ? 0n : dst / src) },
  mod: { compute: (dst, src) => (src === 0n ? dst : dst % src) },
  // The result has the sign of the dividend.
  smod: { signed: true, compute: (dst, src) => (src === 0n ? dst : dst % src) },
  or: { compute: (dst, src) => dst | src },
  and: { compute: (dst, src) => dst & src },
  xor: { compute: (dst, src) => dst ^ src },
  lsh: { compute: (dst, src, width) => dst << amount(src, width) },
  rsh: { compute: (dst, src, width) => dst >> amount(src, width) },
  arsh: { signed: true, compute: (dst, src, width) => dst >> amount(src, width) },
  neg: { compute: (dst) => -dst },
  mov: { compute: (_dst, src) => src },
  movsx8: { compute: (_dst, src) => BigInt.asIntN(8, src) },
  movsx16: { compute: (_dst, src) => BigInt.asIntN(16, src) },
  movsx32: { compute: (_dst, src) => BigInt.asIntN(32, src) },
};

/** The new `dst` of an arithmetic instruction. `neg` ignores `src`; the moves ignore `dst`. */
export function alu(op: AluOp, width: Width, dst: bigint, src: bigint): bigint {
  const meaning = ALU[op];
  const as = meaning.signed ? BigInt.asIntN : BigInt.asUintN;
  return BigInt.asUintN(width, meaning.compute(as(width, dst), as(width, src), width));
}

interface JumpMeaning {
  readonly signed?: boolean;
  readonly holds: (a: bigint, b: bigint) => boolean;
}

const JUMPS: { readonly [K in JumpOp]: JumpMeaning } = {
  jeq: { holds: (a, b) => a === b },
  jne: { holds: (a, b) => a !== b },
  jset: { holds: (a, b) => (a & b) !== 0n },
  jgt: { holds: (a, b) => a > b },
  jge: { holds: (a, b) => a >= b },
  jlt: { holds: (a, b) => a < b },
  jle: { holds: (a, b) => a <= b },
  jsgt: { signed: true, holds: (a, b) => a > b },
  jsge: { signed: true, holds: (a, b) => a >= b },
  jslt: { signed: true, holds: (a, b) => a < b },
  jsle: { signed: true, holds: (a, b) => a <= b },
};

/** Whether the branch is taken. */
export function branchTaken(op: JumpOp, width: Width, a: bigint, b: bigint): boolean {
  const meaning = JUMPS[op];
  const as = meaning.signed ? BigInt.asIntN : BigInt.asUintN;
  return meaning.holds(as(width, a), as(width, b));
}

/** The lower `bits` of the value with their bytes in reverse order; higher bits are dropped. */
export function swapBytes(bits: SwapBits, value: bigint): bigint {
  let result = 0n;
  for (let done = 0n; done < BigInt(bits); done += 8n) result = (result << 8n) | ((value >> done) & 0xffn);
  return result;
}

/** Result of a byte order instruction on a little-endian machine: `le` only drops the higher bits. */
export function byteOrder(op: ByteOrderOp, bits: SwapBits, value: bigint): bigint {
  return op === "le" ? BigInt.asUintN(bits, value) : swapBytes(bits, value);
}

/** The lower `bits` of the value as a signed number, as a 64-bit register holds it. */
export function signExtend(bits: 8 | 16 | 32 | 64, value: bigint): bigint {
  return BigInt.asUintN(64, BigInt.asIntN(bits, value));
}

/** The register value that a 32-bit immediate stands for: sign-extended to 64 bits. */
export function immediateValue(imm: number): bigint {
  return BigInt.asUintN(64, BigInt(imm));
}
