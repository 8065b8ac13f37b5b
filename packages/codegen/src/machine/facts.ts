// What selection knows of IR values: how many low bits an unsigned value can need (so that extensions cost nothing), and
// how stack pointers are aligned (so that copies may be wide). Both start from the best answer and only get worse, which
// ends at a sound answer for loops too. Takes well-formed IR; block parameters meet over all edges.
import { edgesOf, reversePostorder } from "../ir/cfg.ts";
import type { BinaryInst, BlockId, Inst, IrFunction, ValueId } from "../ir/function.ts";
import { type BinaryName, binaryOps, splitOp } from "../ir/ops.ts";

/** What defines a value. */
export type Definition =
  | { readonly kind: "inst"; readonly inst: Inst; readonly block: BlockId }
  | { readonly kind: "param"; readonly block: BlockId; readonly incoming: readonly ValueId[]; readonly aligned?: true };

/** Facts of one function. */
export interface Facts {
  definition(value: ValueId): Definition;
  /** The constant that the value is, unsigned 64 bits. */
  constant(value: ValueId): bigint | undefined;
  /** The value is below 2^bits; 64 says nothing. */
  bits(value: ValueId): number;
  /** A power of two up to 8 that the pointer's distance from an 8-byte boundary of the stack is a multiple of. */
  alignment(value: ValueId): number;
}

/** Collects the definitions and finds the facts. */
export function findFacts(fn: IrFunction): Facts {
  const definitions = findDefinitions(fn);
  const definition = (value: ValueId): Definition => {
    const found = definitions.get(value);
    if (!found) throw new Error(`select: v${value} has no definition`);
    return found;
  };
  const constant = (value: ValueId): bigint | undefined => {
    const found = definition(value);
    return found.kind === "inst" && found.inst.op === "const" ? found.inst.value : undefined;
  };
  const slotAlign = new Map(fn.slots.map((slot) => [slot.id, slotAlignment(slot)]));
  const bits = solve(definitions, { best: 0, worst: 64, aligned: 64, meet: Math.max }, (inst, of) =>
    bitsOf(inst, of, constant),
  );
  const alignment = solve(definitions, { best: 8, worst: 1, aligned: 8, meet: Math.min }, (inst, of) => {
    if (inst.op === "slot") return slotAlign.get(inst.slot) ?? 1;
    if (inst.op === "const") return trailing(inst.value);
    if (inst.op === "ptradd") return Math.min(of(inst.args[0]), of(inst.args[1]));
    if (inst.op === "mul64" || inst.op === "mul32") return Math.min(8, of(inst.args[0]) * of(inst.args[1]));
    if (inst.op === "add64") return Math.min(of(inst.args[0]), of(inst.args[1]));
    if (inst.op !== "shl64" && inst.op !== "shl32") return 1;
    const count = constant(inst.args[1]);
    return count === undefined || count > 3n ? 1 : Math.min(8, of(inst.args[0]) << Number(count));
  });
  return { definition, constant, bits, alignment };
}

/** The alignment that frames give a slot: at least its own, and that of the widest access that fits. */
export function slotAlignment(slot: { readonly size: number; readonly align: number }): number {
  const widest = slot.size >= 8 ? 8 : slot.size >= 4 ? 4 : slot.size >= 2 ? 2 : 1;
  return Math.min(8, Math.max(slot.align, widest));
}

function trailing(value: bigint): number {
  for (const align of [8, 4, 2]) if (value % BigInt(align) === 0n) return align;
  return 1;
}

function findDefinitions(fn: IrFunction): ReadonlyMap<ValueId, Definition> {
  const definitions = new Map<ValueId, Definition>();
  const incoming = new Map<ValueId, ValueId[]>();
  const blocks = reversePostorder(fn);
  for (const block of blocks) {
    for (const param of block.params) {
      const values: ValueId[] = [];
      incoming.set(param.value, values);
      const { aligned } = param;
      definitions.set(param.value, { kind: "param", block: block.id, incoming: values, ...(aligned && { aligned }) });
    }
    for (const inst of block.insts)
      if ("result" in inst && inst.result !== undefined)
        definitions.set(inst.result, { kind: "inst", inst, block: block.id });
  }
  const params = new Map(blocks.map((block) => [block.id, block.params]));
  for (const block of blocks)
    for (const edge of edgesOf(block.end))
      edge.args.forEach((arg, index) => {
        const param = params.get(edge.block)?.[index];
        if (param) incoming.get(param.value)?.push(arg);
      });
  return definitions;
}

/** The greatest solution of one equation per value; each round can only make answers worse, and few answers exist. */
function solve(
  definitions: ReadonlyMap<ValueId, Definition>,
  {
    best,
    worst,
    aligned,
    meet,
  }: {
    readonly best: number;
    readonly worst: number;
    readonly aligned: number;
    readonly meet: (a: number, b: number) => number;
  },
  transfer: (inst: Inst, of: (value: ValueId) => number) => number,
): (value: ValueId) => number {
  const known = new Map<ValueId, number>();
  const of = (value: ValueId): number => known.get(value) ?? best;
  const evaluate = (one: Definition): number => {
    if (one.kind === "inst") return transfer(one.inst, of);
    // Of the function's parameters nothing else is known.
    if (one.incoming.length === 0) return one.aligned ? aligned : worst;
    return one.incoming.reduce((met, value) => meet(met, of(value)), best);
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const [value, one] of definitions) {
      const next = meet(of(value), evaluate(one));
      if (next === of(value)) continue;
      known.set(value, next);
      changed = true;
    }
  }
  return of;
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

function bitsOf(inst: Inst, of: (value: ValueId) => number, constant: (value: ValueId) => bigint | undefined): number {
  switch (inst.op) {
    case "const":
      return bitLength(inst.value);
    case "load":
      return inst.signed || inst.type !== "i64" ? 64 : inst.size * 8;
    case "atomic":
      return inst.size * 8;
    case "zext32":
      return Math.min(32, of(inst.args[0]));
    case "sext8":
    case "sext16":
    case "sext32": {
      const bits = of(inst.args[0]);
      return bits < Number(inst.op.slice(4)) ? bits : 64;
    }
    case "swap16":
      return 16;
    case "swap32":
    case "neg32":
      return 32;
    default:
      return isBinary(inst) ? binaryBits(inst, of, constant) : 64;
  }
}

function isBinary(inst: Inst): inst is BinaryInst {
  return binaryOps.some((op) => op === inst.op);
}

function binaryBits(
  inst: BinaryInst,
  of: (value: ValueId) => number,
  constant: (value: ValueId) => bigint | undefined,
): number {
  const { name, width } = splitOp<BinaryName>(inst.op);
  const left = Math.min(width, of(inst.args[0]));
  const right = Math.min(width, of(inst.args[1]));
  const known = constant(inst.args[1]);
  const count = known === undefined ? undefined : Number(known % BigInt(width));
  const nonNegative = left < width && right < width;
  const rules: Readonly<Record<BinaryName, number>> = {
    add: Math.max(left, right) + 1,
    sub: width,
    mul: left + right,
    and: Math.min(left, right),
    or: Math.max(left, right),
    xor: Math.max(left, right),
    udiv: left,
    sdiv: nonNegative ? left : width,
    // By zero the remainder is the dividend.
    umod: known ? Math.min(left, right) : left,
    smod: nonNegative ? left : width,
    shl: count === undefined ? width : left + count,
    lshr: count === undefined ? left : Math.max(0, left - count),
    ashr: left,
  };
  return Math.min(width, rules[name]);
}
