// Records of ring buffers, and sockets of lookups, after their release: from the call on, every pointer into the record, and
// every socket that was made of the socket, is dead on the paths that
// follow. A use of a dead one is a diagnostic that points at the call. Where paths join, what is dead on one is dead.
import { type CalleeRow, callees, type Diagnostic, diagnostic, type Span } from "@typebpf/abi";
import { argsOf, edgesOf, reversePostorder } from "../ir/cfg.ts";
import type { Block, Inst, IrFunction, ValueId } from "../ir/function.ts";
import { deadAtStart } from "./dead-refs.ts";
import { analyzeDiagnostics } from "./diagnostics.ts";

/** For each pointer into a record the calls that may have made the record. */
type Origins = ReadonlyMap<ValueId, ReadonlySet<ValueId>>;

function releases(inst: Inst): boolean {
  return has(inst, "releasesRecord") || has(inst, "releasesSocket");
}

/** A pointer to something that must be given back. */
function acquires(inst: Inst): boolean {
  if (inst.op !== "call") return false;
  if (inst.type === "ptr.socket") return has(inst, "acquiresSocket");
  return inst.type === "ptr.record" && has(inst, "acquiresRecord");
}

function has(inst: Inst, effect: CalleeRow["effects"][number]): boolean {
  if (inst.op !== "call") return false;
  const row: CalleeRow = callees[inst.helper];
  return row.effects.includes(effect);
}

/** Diagnostics of uses of records that were, or may have been, released. */
export function checkRecordRefs(fn: IrFunction): readonly Diagnostic[] {
  if (!fn.blocks.some((block) => block.insts.some(releases))) return [];
  const order = reversePostorder(fn);
  const origins = originsOf(order);
  const atStart = deadAtStart(order, (dead, inst) => step(dead, inst, origins));
  const found = new Map<string, Diagnostic>();
  for (const block of order) {
    const dead = new Map(atStart.get(block.id));
    for (const inst of block.insts) {
      for (const arg of inst.op === "ptradd" ? [] : argsOf(inst)) {
        const call = dead.get(arg);
        if (call) report(found, inst, call);
      }
      step(dead, inst, origins);
    }
  }
  return [...found.values()];
}

function report(found: Map<string, Diagnostic>, use: Inst, call: Inst): void {
  const { line, column, file } = use.at;
  const key = `${file}:${line}:${column}`;
  if (found.has(key)) return;
  const again = call === use ? ", by an iteration before" : "";
  const what = has(call, "releasesSocket") ? "socket" : "record";
  const message = releases(use) ? `the ${what} may be released already${again}` : `the ${what} may be gone here`;
  const labels: { readonly at: Span; readonly message: string }[] = [];
  if (call !== use) labels.push({ at: call.at, message: "it is released here" });
  found.set(key, diagnostic(analyzeDiagnostics.deadRecord, { at: use.at, message, labels }));
}

function originsOf(order: readonly Block[]): Origins {
  const origins = new Map<ValueId, Set<ValueId>>();
  const params = new Map(order.map((block) => [block.id, block.params]));
  const add = (to: ValueId, from: ValueId): boolean => {
    const known = origins.get(to) ?? new Set();
    const before = known.size;
    for (const one of origins.get(from) ?? []) known.add(one);
    if (known.size > 0) origins.set(to, known);
    return known.size > before;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of order) {
      for (const inst of block.insts) {
        if (inst.op === "call" && acquires(inst) && !origins.has(inst.result)) {
          origins.set(inst.result, new Set([inst.result]));
          changed = true;
        }
        if (inst.op === "ptradd") changed = add(inst.result, inst.args[0]) || changed;
        if (inst.op === "call" && inst.type === "ptr.socket" && !acquires(inst)) {
          for (const arg of inst.args) changed = add(inst.result, arg) || changed;
        }
      }
      for (const edge of edgesOf(block.end)) {
        (params.get(edge.block) ?? []).forEach((param, index) => {
          changed = add(param.value, edge.args[index] ?? -1) || changed;
        });
      }
    }
  }
  return origins;
}

/** A release kills all pointers into the record; a record that is made anew lives, a pointer derived from a dead one does not. */
function step(dead: Map<ValueId, Inst>, inst: Inst, origins: Origins): void {
  if (releases(inst)) {
    const gone = origins.get(argsOf(inst)[0] ?? -1);
    for (const [value, from] of origins) {
      if (gone && !dead.has(value) && [...from].some((one) => gone.has(one))) dead.set(value, inst);
    }
  }
  if (!("result" in inst) || inst.result === undefined) return;
  const from = inst.op === "ptradd" ? dead.get(inst.args[0]) : undefined;
  if (from) dead.set(inst.result, from);
  else dead.delete(inst.result);
}
