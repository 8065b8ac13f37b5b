// The state of memory by name: two points of a function where a memory has the same version see the same bytes in it.
// Stack slots are memories of their own; a store through a pointer into an unknown slot changes them all.
import { type HelperRow, helpers } from "@typebpf/abi";
import { edgesOf } from "./cfg.ts";
import type { DominatorTree } from "./dominators.ts";
import type { BlockId, Inst } from "./function.ts";
import type { Memory, Places } from "./places.ts";

/** Versions by name of memory; what is absent is as it was on entry. */
export type Versions = ReadonlyMap<string, string>;

/** Any stack memory, and stack memory of which the slot is unknown. */
const anySlot = "stack*";
const unknownSlot = "stack?";

/** The version of what a load from a memory reads. */
export function versionOf(versions: Versions, memory: Memory): string {
  if (memory.kind !== "stack") return versions.get(memory.kind) ?? "entry";
  if (memory.slot === undefined) return versions.get(anySlot) ?? "entry";
  return `${versions.get(`s${memory.slot}`) ?? "entry"} ${versions.get(unknownSlot) ?? "entry"}`;
}

function names(memory: Memory): readonly string[] {
  if (memory.kind !== "stack") return [memory.kind];
  return memory.slot === undefined ? [anySlot, unknownSlot] : [anySlot, `s${memory.slot}`];
}

/** Memories that an instruction may change. */
export function changedBy(inst: Inst, places: Places): readonly Memory[] {
  switch (inst.op) {
    case "store":
    case "atomic":
    case "zero":
    case "copy":
      return [places.of(inst.args[0]).memory];
    case "call":
      return changedByCall(helpers[inst.helper], inst.args, places);
    case "invoke":
      return [...shared, ...inst.args.map((arg) => places.of(arg).memory).filter((one) => one.kind === "stack")];
    default:
      return [];
  }
}

/** Memory that any function can reach; of a caller's stack it reaches what it is given. */
const shared: readonly Memory[] = [
  { kind: "context" },
  { kind: "packet" },
  { kind: "mapValue" },
  { kind: "record" },
  { kind: "other" },
];

function changedByCall(row: HelperRow, args: readonly number[], places: Places): readonly Memory[] {
  const changed: Memory[] = [];
  const { effects } = row;
  if (effects.includes("invalidatesPackets")) changed.push({ kind: "context" }, { kind: "packet" });
  else if (effects.includes("writesContext")) changed.push({ kind: "context" });
  if (effects.includes("writesPacket")) changed.push({ kind: "packet" });
  if (effects.includes("writesMap")) changed.push({ kind: "mapValue" });
  row.args.forEach((arg, index) => {
    const value = args[index];
    if (arg.is === "memoryWrite" && value !== undefined) changed.push(places.of(value).memory);
  });
  return changed;
}

/** The versions after an instruction; `name` names what it leaves. */
export function versionsAfter(versions: Versions, inst: Inst, name: string, places: Places): Versions {
  const changed = changedBy(inst, places);
  if (changed.length === 0) return versions;
  const next = new Map(versions);
  for (const memory of changed) for (const one of names(memory)) next.set(one, name);
  return next;
}

/** The name of the version that an instruction leaves. */
export function versionName(block: BlockId, index: number): string {
  return `b${block}.${index}`;
}

/** Versions at the start of each reachable block: those of its predecessors where they agree, else its own. */
export function versionsAtStart(tree: DominatorTree, places: Places): ReadonlyMap<BlockId, Versions> {
  const atStart = new Map<BlockId, Versions>();
  const [entry] = tree.order;
  if (entry) atStart.set(entry.id, new Map());
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of tree.order) {
      let end = atStart.get(block.id);
      if (!end) continue;
      for (const [index, inst] of block.insts.entries())
        end = versionsAfter(end, inst, versionName(block.id, index), places);
      for (const edge of edgesOf(block.end)) {
        const known = atStart.get(edge.block);
        const merged = merge(known, end, edge.block);
        if (merged === known) continue;
        atStart.set(edge.block, merged);
        changed = true;
      }
    }
  }
  return atStart;
}

function merge(known: Versions | undefined, arriving: Versions, block: BlockId): Versions {
  if (!known || known === arriving) return arriving;
  const own = `b${block}`;
  let merged: Map<string, string> | undefined;
  for (const name of new Set([...known.keys(), ...arriving.keys()])) {
    const before = known.get(name) ?? "entry";
    if (before === own || before === (arriving.get(name) ?? "entry")) continue;
    merged ??= new Map(known);
    merged.set(name, own);
  }
  return merged ?? known;
}
