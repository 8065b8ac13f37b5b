// Packet refs after a helper that moves packet data: from the call on, every packet pointer made before it is dead on the
// paths that follow. A use of a dead one is a diagnostic that points at the call and at where the ref was made.
import { type CalleeRow, callees, type Diagnostic, diagnostic, type Span } from "@typebpf/abi";
import { argsOf, reversePostorder } from "../ir/cfg.ts";
import type { Inst, IrFunction, ValueId } from "../ir/function.ts";
import type { IrType } from "../ir/types.ts";
import { deadAtStart } from "./dead-refs.ts";
import { analyzeDiagnostics } from "./diagnostics.ts";

interface Pointer {
  readonly at: Span;
}

function isPacket(type: IrType): boolean {
  return type === "ptr.packet" || type === "ptr.packetEnd";
}

function moves(inst: Inst): boolean {
  if (inst.op === "invoke") return inst.movesPackets;
  if (inst.op !== "call") return false;
  const row: CalleeRow = callees[inst.helper];
  return row.effects.includes("invalidatesPackets");
}

/** Packet pointers of the function, with where each is made. */
function pointersOf(fn: IrFunction): ReadonlyMap<ValueId, Pointer> {
  const found = new Map<ValueId, Pointer>();
  for (const block of fn.blocks) {
    for (const param of block.params)
      if (isPacket(param.type)) found.set(param.value, { at: (block.insts[0] ?? block.end).at });
    for (const inst of block.insts) {
      if (inst.op !== "const" && "result" in inst && inst.result !== undefined && inst.type && isPacket(inst.type))
        found.set(inst.result, { at: inst.at });
    }
  }
  return found;
}

/** Diagnostics of uses of dead packet refs. */
export function checkPacketRefs(fn: IrFunction): readonly Diagnostic[] {
  if (!fn.blocks.some((block) => block.insts.some(moves))) return [];
  const pointers = pointersOf(fn);
  const order = reversePostorder(fn);
  const atStart = deadAtStart(order, (dead, inst) => step(dead, inst, pointers));
  const found = new Map<string, Diagnostic>();
  for (const block of order) {
    const dead = new Map(atStart.get(block.id));
    for (const inst of block.insts) {
      for (const arg of argsOf(inst)) {
        const call = dead.get(arg);
        if (call && inst.op !== "ptradd") report(found, inst.at, call, pointers.get(arg));
      }
      step(dead, inst, pointers);
    }
    const { end } = block;
    for (const arg of end.op === "branch" ? end.args : []) {
      const call = dead.get(arg);
      if (call) report(found, end.at, call, pointers.get(arg));
    }
  }
  return [...found.values()];
}

function report(found: Map<string, Diagnostic>, at: Span, call: Inst, made: Pointer | undefined): void {
  const { line, column, file } = at;
  const key = `${file}:${line}:${column}`;
  if (found.has(key)) return;
  const labels = [{ at: call.at, message: "the packet data may move here" }];
  if (made) labels.push({ at: made.at, message: "the ref was made here" });
  found.set(key, diagnostic(analyzeDiagnostics.deadPacketRef, { at, labels }));
}

/** A pointer derived from a dead one is dead; one made anew lives. */
function step(dead: Map<ValueId, Inst>, inst: Inst, pointers: ReadonlyMap<ValueId, Pointer>): void {
  if (moves(inst)) for (const value of pointers.keys()) if (!dead.has(value)) dead.set(value, inst);
  if (!("result" in inst) || inst.result === undefined || !pointers.has(inst.result)) return;
  const from = inst.op === "ptradd" ? dead.get(inst.args[0]) : undefined;
  if (from) dead.set(inst.result, from);
  else dead.delete(inst.result);
}
