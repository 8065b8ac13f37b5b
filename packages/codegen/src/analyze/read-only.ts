// Read-only data, keys of maps, and packets of programs that may only read them: a write through a ref into them is a
// diagnostic, as the kernel refuses the program (kernel/bpf/verifier.c, check_map_access_type: "write into map forbidden";
// check_mem_access: "write to change key", "cannot write into packet").
import {
  type CalleeRow,
  callees,
  type Diagnostic,
  diagnostic,
  isFilled,
  type ProgramTypeName,
  packetAccess,
} from "@typebpf/abi";
import { edgesOf, resultOf, valueTypes } from "../ir/cfg.ts";
import type { Inst, IrFunction, ValueId } from "../ir/function.ts";
import type { IrType } from "../ir/types.ts";
import { analyzeDiagnostics } from "./diagnostics.ts";

/** Diagnostics of writes that may go to read-only data. */
export function checkReadOnly(fn: IrFunction): readonly Diagnostic[] {
  const pointers = readOnlyPointers(fn);
  const types = valueTypes(fn);
  const packets = fn.program !== undefined && packetAccess(fn.program) === "read";
  if (pointers.size === 0 && !packets) return [];
  const isRefused = (pointer: ValueId): boolean =>
    pointers.has(pointer) || (packets && types.get(pointer) === "ptr.packet");
  return fn.blocks.flatMap(({ insts }) =>
    insts
      .filter((inst) => writtenBy(inst).some(isRefused))
      .map((inst) => {
        const written = writtenBy(inst).map((pointer) => types.get(pointer));
        return diagnostic(analyzeDiagnostics.readOnlyData, { at: inst.at, ...detailsOf(written, fn.program) });
      }),
  );
}

/** What is to be said of keys and packets. */
function detailsOf(
  written: readonly (IrType | undefined)[],
  program: ProgramTypeName | undefined,
): { readonly message?: string; readonly help?: string } {
  if (written.includes("ptr.mapKey")) return { message: "a key that forEach gives is read only" };
  if (!written.includes("ptr.packet")) return {};
  return {
    message: `programs of type ${program} may only read the packet`,
    help: "copy what is to be changed: Header({ ...header })",
  };
}

function writtenBy(inst: Inst): readonly ValueId[] {
  switch (inst.op) {
    case "store":
    case "atomic":
    case "zero":
    case "copy":
      return [inst.args[0]];
    case "call": {
      const row: CalleeRow = callees[inst.helper];
      return inst.args.filter((_, index) => {
        const arg = row.args[index];
        return arg !== undefined && isFilled(arg);
      });
    }
    default:
      return [];
  }
}

/** Pointers that may point into a read-only section or a key. */
function readOnlyPointers(fn: IrFunction): ReadonlySet<ValueId> {
  const found = new Set<ValueId>();
  const params = new Map(fn.blocks.map((block) => [block.id, block.params]));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const block of fn.blocks) {
      for (const param of block.params) if (param.type === "ptr.mapKey") found.add(param.value);
      for (const inst of block.insts) {
        const result = resultOf(inst);
        if (result?.type === "ptr.mapKey") found.add(result.value);
        if (inst.op === "address" && inst.of === "section" && inst.name.startsWith(".rodata")) found.add(inst.result);
        if (inst.op === "ptradd" && found.has(inst.args[0])) found.add(inst.result);
      }
      for (const edge of edgesOf(block.end)) {
        edge.args.forEach((arg, index) => {
          const param = params.get(edge.block)?.[index];
          if (param && found.has(arg)) found.add(param.value);
        });
      }
    }
  }
  return found;
}
