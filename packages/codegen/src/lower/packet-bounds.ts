// The packet's start and end, loaded from the context by its row. They are loaded anew at each use: a helper may have
// moved them; common subexpressions are found later.
import { type ContextFieldRow, fieldsOf, type Span } from "@typebpf/abi";
import type { ValueId } from "../ir/function.ts";
import { load } from "./emit.ts";
import type { Lowering } from "./lowering.ts";

function bound(l: Lowering, is: ContextFieldRow["is"], at: Span): ValueId {
  const row = fieldsOf(l.program).find((field) => field.is === is);
  if (!row) throw new Error(`lower: programs of type ${l.program.type} have no packet`);
  const type = is === "packet" ? "ptr.packet" : "ptr.packetEnd";
  return load(l.build, l.build.context, row.offset, { size: row.size, signed: false, type }, at);
}

/** Pointer to the packet's first byte. */
export function packetStart(l: Lowering, at: Span): ValueId {
  return bound(l, "packet", at);
}

/** Pointer behind the packet's last byte; only to compare with. */
export function packetEnd(l: Lowering, at: Span): ValueId {
  return bound(l, "packetEnd", at);
}
