// Low bits that a value is known to have: it is `rest` modulo 2^bits. So a counter in steps of four that is below 16 is at
// most 12. Holds however values wrap, since 2^64 is a multiple of each modulus.
import { edgesOf, resultOf } from "./cfg.ts";
import type { Inst, IrFunction, ValueId } from "./function.ts";
import { type Interval, meet, signed, signedMax, signedMin, unsigned, unsignedMax } from "./interval.ts";

/** `value ≡ rest (mod 2^bits)`; of 0 bits nothing is known, of 64 everything. */
export interface Stride {
  readonly bits: bigint;
  readonly rest: bigint;
}

const anything: Stride = { bits: 0n, rest: 0n };

function stride(bits: bigint, rest: bigint): Stride {
  const known = bits > 64n ? 64n : bits;
  return known <= 0n ? anything : { bits: known, rest: BigInt.asUintN(Number(known), rest) };
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** Zero bits below the lowest one, at most `bits`. */
export function zeros({ bits, rest }: Stride): bigint {
  let count = 0n;
  while (count < bits && ((rest >> count) & 1n) === 0n) count++;
  return count;
}

function either(a: Stride, b: Stride): Stride {
  const common = least(a.bits, b.bits);
  return stride(zeros(stride(common, a.rest ^ b.rest)), a.rest);
}

/** Bits from the lowest on that are known of one operand or decided by the other, which is `decided` there. */
function masked(value: Stride, mask: Stride, decided: bigint, op: (a: bigint, b: bigint) => bigint): Stride {
  let bits = 0n;
  while (bits < mask.bits && (bits < value.bits || ((mask.rest >> bits) & 1n) === decided)) bits++;
  return stride(bits, op(value.rest, mask.rest));
}

function longer(a: Stride, b: Stride): Stride {
  return a.bits >= b.bits ? a : b;
}

type Row = (a: Stride, b: Stride) => Stride;

const and = (a: bigint, b: bigint): bigint => a & b;
const or = (a: bigint, b: bigint): bigint => a | b;

const rows: Readonly<Record<string, Row>> = {
  add: (a, b) => stride(least(a.bits, b.bits), a.rest + b.rest),
  sub: (a, b) => stride(least(a.bits, b.bits), a.rest - b.rest),
  mul: (a, b) => stride(least(a.bits + zeros(b), b.bits + zeros(a)), a.rest * b.rest),
  and: (a, b) => longer(masked(a, b, 0n, and), masked(b, a, 0n, and)),
  or: (a, b) => longer(masked(a, b, 1n, or), masked(b, a, 1n, or)),
  xor: (a, b) => stride(least(a.bits, b.bits), a.rest ^ b.rest),
  shl: (a, b) => (b.bits === 64n && b.rest < 32n ? stride(a.bits + b.rest, a.rest << b.rest) : anything),
};

/** Extensions keep so many low bits. */
const kept: Readonly<Record<string, bigint>> = { zext32: 32n, sext32: 32n, sext16: 16n, sext8: 8n };

function strideOf(inst: Inst, of: (value: ValueId) => Stride | undefined): Stride | undefined {
  if (inst.op === "const") return stride(64n, inst.value);
  const extended = kept[inst.op];
  const row = rows[inst.op.slice(0, -2)];
  if (!("args" in inst) || (extended === undefined && (!row || !/(32|64)$/.test(inst.op)))) return anything;
  const [a, b] = inst.args.map((arg) => of(arg));
  if (!a) return undefined;
  if (extended !== undefined) return stride(least(a.bits, extended), a.rest);
  if (!b || !row) return undefined;
  const result = row(a, b);
  return inst.op.endsWith("32") ? stride(least(result.bits, 32n), result.rest) : result;
}

/** The strides of all integers of which some, but not all bits are known. */
export function computeStrides(fn: IrFunction): ReadonlyMap<ValueId, Stride> {
  const found = new Map<ValueId, Stride>();
  const params = new Map(fn.blocks.map((block) => [block.id, block.params]));
  const set = (value: ValueId, next: Stride): boolean => {
    const known = found.get(value);
    if (known?.bits === next.bits && known.rest === next.rest) return false;
    found.set(value, next);
    return true;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of fn.blocks) {
      for (const inst of block.insts) {
        const result = resultOf(inst);
        const next = result && strideOf(inst, (value) => found.get(value));
        if (next && set(result.value, next)) changed = true;
      }
      for (const edge of edgesOf(block.end)) {
        params.get(edge.block)?.forEach((param, index) => {
          const passed = found.get(edge.args[index] ?? -1);
          const known = found.get(param.value);
          if (passed && set(param.value, known ? either(known, passed) : passed)) changed = true;
        });
      }
    }
    // The entry's parameters are never passed.
    if (!changed) for (const param of fn.blocks[0]?.params ?? []) changed = set(param.value, anything) || changed;
  }
  return new Map([...found].filter(([, one]) => one.bits > 0n && one.bits < 64n));
}

function modulo(value: bigint, size: bigint): bigint {
  return ((value % size) + size) % size;
}

/** The values of an interval that have the stride. */
export function onStride(range: Interval, { bits, rest }: Stride): Interval {
  const size = 1n << bits;
  const up = (value: bigint): bigint => value + modulo(rest - value, size);
  const down = (value: bigint): bigint => value - modulo(value - rest, size);
  const [smin, smax, umin, umax] = [up(range.smin), down(range.smax), up(range.umin), down(range.umax)];
  if (smin > signedMax || smax < signedMin || umin > unsignedMax || umax < 0n || smin > smax || umin > umax)
    return range;
  return meet(signed(smin, smax), unsigned(umin, umax)) ?? range;
}
