// Loads, stores and atomic operations. RFC 9669 sections 5.1 to 5.3. The context is no plain memory: accesses to it go
// to the program type. One thread runs at a time, so that every access is atomic and ordered as it is.
import type { AccessSize, AtomicOp } from "@typebpf/abi";
import { half, halfOf } from "../words.ts";
import type { Place, Step } from "./step.ts";

type Read = (view: DataView, at: number, r: Int32Array, d: number) => void;
type Write = (view: DataView, at: number, low: number, high: number) => void;

function put(r: Int32Array, d: number, low: number, high: number): void {
  r[d] = low;
  r[d + 1] = high;
}

const unsignedReads: Readonly<Record<AccessSize, Read>> = {
  1: (view, at, r, d) => put(r, d, view.getUint8(at), 0),
  2: (view, at, r, d) => put(r, d, view.getUint16(at, true), 0),
  4: (view, at, r, d) => put(r, d, view.getInt32(at, true), 0),
  8: (view, at, r, d) => put(r, d, view.getInt32(at, true), view.getInt32(at + 4, true)),
};

function putSigned(r: Int32Array, d: number, low: number): void {
  put(r, d, low, low >> 31);
}

const signedReads: Readonly<Record<AccessSize, Read>> = {
  1: (view, at, r, d) => putSigned(r, d, view.getInt8(at)),
  2: (view, at, r, d) => putSigned(r, d, view.getInt16(at, true)),
  4: (view, at, r, d) => putSigned(r, d, view.getInt32(at, true)),
  8: unsignedReads[8],
};

const writes: Readonly<Record<AccessSize, Write>> = {
  1: (view, at, low) => view.setUint8(at, low),
  2: (view, at, low) => view.setUint16(at, low, true),
  4: (view, at, low) => view.setInt32(at, low, true),
  8: (view, at, low, high) => {
    view.setInt32(at, low, true);
    view.setInt32(at + 4, high, true);
  },
};

/** `dst = *(src + offset)` */
export function loadStep({ machine, insn, next }: Place, size: AccessSize, signed: boolean): Step {
  const { registers: r, memory } = machine;
  const d = halfOf(insn.dst);
  const s = halfOf(insn.src);
  const { offset } = insn;
  const read = (signed ? signedReads : unsignedReads)[size];
  return () => {
    const low = half(r, s);
    const at = memory.locate(half(r, s + 1), low, offset, size);
    if (at < 0) machine.loadContext(low, offset, size, d);
    else read(memory.found.view, at, r, d);
    return next;
  };
}

/** `*(dst + offset) = source` */
export function storeStep({ machine, insn, next }: Place, size: AccessSize, source: "imm" | "reg"): Step {
  const { registers: r, memory } = machine;
  const d = halfOf(insn.dst);
  const b = source === "reg" ? r : Int32Array.of(insn.imm, insn.imm >> 31);
  const s = source === "reg" ? halfOf(insn.src) : 0;
  const { offset } = insn;
  const write = writes[size];
  return () => {
    const low = half(r, d);
    const at = memory.locateWrite(half(r, d + 1), low, offset, size);
    if (at < 0) machine.storeContext(low, offset, size, half(b, s), half(b, s + 1));
    else write(memory.found.view, at, half(b, s), half(b, s + 1));
    return next;
  };
}

/** `dst = *(src + offset)` and `*(dst + offset) = src`, which the kernel wants aligned. */
export function orderedStep(place: Place, size: AccessSize, kind: "load" | "store"): Step {
  const { machine, insn, next } = place;
  const { registers: r, memory } = machine;
  const d = halfOf(insn.dst);
  const s = halfOf(insn.src);
  const { offset } = insn;
  if (kind === "load") {
    return () => {
      const at = memory.locateAtomic(half(r, s + 1), half(r, s), offset, size);
      unsignedReads[size](memory.found.view, at, r, d);
      return next;
    };
  }
  return () => {
    const at = memory.locateAtomic(half(r, d + 1), half(r, d), offset, size);
    writes[size](memory.found.view, at, half(r, s), half(r, s + 1));
    return next;
  };
}

/** New value of memory from the old one and the operand, half by half; `carry` is that of the lower half. */
type Combine = (old: number, operand: number, carry: number) => number;

const combine: Readonly<Record<Exclude<AtomicOp, "cmpxchg">, Combine>> = {
  add: (old, operand, carry) => (old + operand + carry) | 0,
  or: (old, operand) => old | operand,
  and: (old, operand) => old & operand,
  xor: (old, operand) => old ^ operand,
  xchg: (_, operand) => operand,
};

function compareExchangeStep({ machine, insn, next }: Place, size: 4 | 8): Step {
  const { registers: r, memory } = machine;
  const d = halfOf(insn.dst);
  const s = halfOf(insn.src);
  return () => {
    const at = memory.locateAtomic(half(r, d + 1), half(r, d), insn.offset, size);
    const { view } = memory.found;
    const low = view.getInt32(at, true);
    const high = size === 8 ? view.getInt32(at + 4, true) : 0;
    const same = low === half(r, 0) && (size === 4 || high === half(r, 1));
    if (same) writes[size](view, at, half(r, s), half(r, s + 1));
    put(r, 0, low, high);
    return next;
  };
}

/** Read, change and write `*(dst + offset)` with `src`; with `fetch`, `src` gets the old value. */
export function atomicStep(place: Place, op: AtomicOp, size: 4 | 8, fetch: boolean): Step {
  if (op === "cmpxchg") return compareExchangeStep(place, size);
  const { machine, insn, next } = place;
  const { registers: r, memory } = machine;
  const d = halfOf(insn.dst);
  const s = halfOf(insn.src);
  const compute = combine[op];
  return () => {
    const at = memory.locateAtomic(half(r, d + 1), half(r, d), insn.offset, size);
    const { view } = memory.found;
    const low = view.getInt32(at, true);
    const high = size === 8 ? view.getInt32(at + 4, true) : 0;
    const newLow = compute(low, half(r, s), 0);
    const carry = newLow >>> 0 < low >>> 0 ? 1 : 0;
    writes[size](view, at, newLow, size === 8 ? compute(high, half(r, s + 1), carry) : 0);
    if (fetch) put(r, s, low, high);
    return next;
  };
}
