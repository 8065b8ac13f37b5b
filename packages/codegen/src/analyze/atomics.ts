// Atomics work on places that are aligned to their size: arm64 and others trap on any other, and on x86 such an operation
// is no single step. Values of maps and globals begin at multiples of 8; what `view` names may lie anywhere.
import { type Diagnostic, diagnostic } from "@typebpf/abi";
import { edgesOf } from "../ir/cfg.ts";
import type { IrFunction, ValueId } from "../ir/function.ts";
import { computeStrides, zeros } from "../ir/strides.ts";
import { analyzeDiagnostics } from "./diagnostics.ts";

/** What memory begins with: 8 bytes. */
const START = 3;

/** Diagnostics of atomic operations at places that may not be aligned. */
export function checkAtomics(fn: IrFunction): readonly Diagnostic[] {
  if (!fn.blocks.some(({ insts }) => insts.some((inst) => inst.op === "atomic"))) return [];
  const alignments = alignmentsOf(fn);
  return fn.blocks.flatMap(({ insts }) =>
    insts.flatMap((inst) => {
      if (inst.op !== "atomic") return [];
      const known = Math.min(alignments.get(inst.args[0]) ?? START, zerosOf(BigInt(inst.offset)));
      if (2 ** known >= inst.size) return [];
      const message = `the place is not known to be a multiple of ${inst.size} bytes into its memory`;
      return [diagnostic(analyzeDiagnostics.misalignedAtomic, { at: inst.at, message })];
    }),
  );
}

function zerosOf(value: bigint): number {
  return Number(zeros({ bits: BigInt(START), rest: BigInt.asUintN(START, value) }));
}

/** How many low bits of each pointer are zero; of those that are missing, all that matter. */
function alignmentsOf(fn: IrFunction): ReadonlyMap<ValueId, number> {
  const distances = distancesOf(fn);
  const found = new Map<ValueId, number>();
  const params = new Map(fn.blocks.map((block) => [block.id, block.params]));
  const lower = (value: ValueId, bits: number): boolean => {
    if (bits >= (found.get(value) ?? START)) return false;
    found.set(value, bits);
    return true;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const { insts, end } of fn.blocks) {
      for (const inst of insts) {
        if (inst.op !== "ptradd") continue;
        const bits = Math.min(found.get(inst.args[0]) ?? START, distances.get(inst.args[1]) ?? 0);
        changed = lower(inst.result, bits) || changed;
      }
      for (const edge of edgesOf(end)) {
        params.get(edge.block)?.forEach((param, index) => {
          changed = lower(param.value, found.get(edge.args[index] ?? -1) ?? START) || changed;
        });
      }
    }
  }
  return found;
}

/** The zero bits that integers end with. */
function distancesOf(fn: IrFunction): ReadonlyMap<ValueId, number> {
  const found = new Map<ValueId, number>();
  for (const [value, stride] of computeStrides(fn)) found.set(value, Math.min(START, Number(zeros(stride))));
  for (const { insts } of fn.blocks) {
    for (const inst of insts) if (inst.op === "const") found.set(inst.result, zerosOf(inst.value));
  }
  return found;
}
