// Read-only data: a write through a ref into it is a diagnostic, as the kernel refuses the program
// (kernel/bpf/verifier.c, check_map_access_type: "write into map forbidden").
import { type Diagnostic, diagnostic, type HelperRow, helpers } from "@typebpf/abi";
import { edgesOf } from "../ir/cfg.ts";
import type { Inst, IrFunction, ValueId } from "../ir/function.ts";
import { analyzeDiagnostics } from "./diagnostics.ts";

/** Diagnostics of writes that may go to read-only data. */
export function checkReadOnly(fn: IrFunction): readonly Diagnostic[] {
  const pointers = readOnlyPointers(fn);
  if (pointers.size === 0) return [];
  return fn.blocks.flatMap(({ insts }) =>
    insts
      .filter((inst) => writtenBy(inst).some((pointer) => pointers.has(pointer)))
      .map(({ at }) => diagnostic(analyzeDiagnostics.readOnlyData, { at })),
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
      return inst.args.filter((_, index) => row.args[index]?.is === "memoryWrite");
    }
    default:
      return [];
  }
}

/** Pointers that may point into a read-only section. */
function readOnlyPointers(fn: IrFunction): ReadonlySet<ValueId> {
  const found = new Set<ValueId>();
  const params = new Map(fn.blocks.map((block) => [block.id, block.params]));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const block of fn.blocks) {
      for (const inst of block.insts) {
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
