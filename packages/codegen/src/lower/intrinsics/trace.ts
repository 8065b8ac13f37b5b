// trace`…`: the texts become a format for bpf_trace_printk, or for bpf_trace_vprintk where there are more than three
// values. Every value is 64 bits wide: numbers and signed bigints are written by %lld, unsigned ones by %llu.
import type { Span } from "@typebpf/abi";
import type { Expr, TraceExpr } from "../../ast/nodes.ts";
import type { ValueId } from "../../ir/function.ts";
import { none, type Value } from "../cells.ts";
import { constant } from "../emit.ts";
import type { Lowering } from "../lowering.ts";
import { call } from "./calls.ts";

/** How many values go in registers. */
const inRegisters = 3;

/** Writes the line. */
export function lowerTrace(l: Lowering, { texts, values, at }: TraceExpr): Value {
  const ids = values.map((value) => l.scalar(value));
  const format = texts.map((text, index) => `${text.replaceAll("%", "%%")}${specifier(values[index])}`).join("");
  const bytes = new TextEncoder().encode(`${format}\0`);
  const text = [stored(l, words(bytes), "trace format", at), constant(l.build, bytes.length, at)];
  if (ids.length <= inRegisters) call(l, "tracePrintk", [...text, ...ids], at);
  else {
    const data = slotOf(l, ids.length, "trace values", at);
    ids.forEach((id, index) => {
      l.build.effect({ op: "store", size: 8, offset: index * 8, args: [data, id], at });
    });
    call(l, "traceVprintk", [...text, data, constant(l.build, ids.length * 8, at)], at);
  }
  return none;
}

function specifier(value: Expr | undefined): string {
  if (!value) return "";
  return value.type.kind === "bigint" && !value.type.signed ? "%llu" : "%lld";
}

/** The bytes as little-endian 64-bit words, the last one filled with zeros. */
function words(bytes: Uint8Array): readonly bigint[] {
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  return Array.from({ length: padded.length / 8 }, (_, index) => view.getBigUint64(index * 8, true));
}

function slotOf(l: Lowering, count: number, name: string, at: Span): ValueId {
  const slot = l.build.slot({ size: count * 8, align: 8, name, at });
  return l.build.define({ op: "slot", slot, type: "ptr.stack", at });
}

function stored(l: Lowering, values: readonly bigint[], name: string, at: Span): ValueId {
  const base = slotOf(l, values.length, name, at);
  values.forEach((value, index) => {
    l.build.effect({ op: "store", size: 8, offset: index * 8, args: [base, constant(l.build, value, at)], at });
  });
  return base;
}
