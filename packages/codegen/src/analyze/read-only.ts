// Read-only data, and keys of maps: a write through a ref into them is a diagnostic, as the kernel refuses the program
// (kernel/bpf/verifier.c, check_map_access_type: "write into map forbidden"; check_mem_access: "write to change key").
import { type Diagnostic, diagnostic, type HelperRow, helpers, isFilled } from "@typebpf/abi";
import { edgesOf, resultOf, valueTypes } from "../ir/cfg.ts";
import type { Inst, IrFunction, ValueId } from "../ir/function.ts";
import { analyzeDiagnostics } from "./diagnostics.ts";

/** Diagnostics of writes that may go to read-only data. */
export function checkReadOnly(fn: IrFunction): readonly Diagnostic[] {
  const pointers = readOnlyPointers(fn);
  if (pointers.size === 0) return [];
  const types = valueTypes(fn);
  return fn.blocks.flatMap(({ insts }) =>
    insts
      .filter((inst) => writtenBy(inst).some((pointer) => pointers.has(pointer)))
      .map((inst) => {
        const isKey = writtenBy(inst).some((pointer) => types.get(pointer) === "ptr.mapKey");
        const message = isKey ? "a key that forEach gives is read only" : undefined;
        return diagnostic(analyzeDiagnostics.readOnlyData, { at: inst.at, ...(message && { message }) });
      }),
  );
}

function writtenBy(inst: Inst): readonly ValueId[] {
  switch (inst.op) {
    case "store":
    case "atomic":
    case "zero":
    case "copy":
      return [inst.args[0]];
    case "call": {
      const row: HelperRow = helpers[inst.helper];
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
