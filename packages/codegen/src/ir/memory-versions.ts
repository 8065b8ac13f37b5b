// The state of memory by name: two points of a function where a memory has the same version see the same bytes in it.
// Stack slots are memories of their own; a store through a pointer into an unknown slot changes them all.
import { type CalleeRow, callees, isFilled } from "@typebpf/abi";
import { edgesOf } from "./cfg.ts";
import type { DominatorTree } from "./dominators.ts";
import type { Block, BlockId, Inst } from "./function.ts";
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
      return changedByCall(callees[inst.helper], inst.args, places);
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

function changedByCall(row: CalleeRow, args: readonly number[], places: Places): readonly Memory[] {
  const changed: Memory[] = [];
  const { effects } = row;
  if (effects.includes("invalidatesPackets")) changed.push({ kind: "context" }, { kind: "packet" });
  else if (effects.includes("writesContext")) changed.push({ kind: "context" });
  if (effects.includes("writesPacket")) changed.push({ kind: "packet" });
  if (effects.includes("writesMap")) changed.push({ kind: "mapValue" });
  // An option of a socket is seen in its fields.
  if (effects.includes("acts")) changed.push({ kind: "other" });
  // A callback may reach whatever the caller's frame holds.
  if (row.args.some((arg) => arg.is === "callback")) changed.push(...shared, { kind: "stack", slot: undefined });
  row.args.forEach((arg, index) => {
    const value = args[index];
    if (isFilled(arg) && value !== undefined) changed.push(places.of(value).memory);
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
  const step = (block: Block, start: Versions): Versions =>
    block.insts.reduce(
      (versions, inst, index) => versionsAfter(versions, inst, versionName(block.id, index), places),
      start,
    );
  return flowVersions(tree, step);
}

/** Versions at the start of each reachable block, `step` giving those at its end. */
export function flowVersions(
  tree: DominatorTree,
  step: (block: Block, start: Versions) => Versions,
): ReadonlyMap<BlockId, Versions> {
  const before = new Map<BlockId, BlockId[]>(tree.order.map((block) => [block.id, []]));
  for (const block of tree.order) for (const edge of edgesOf(block.end)) before.get(edge.block)?.push(block.id);
  const atStart = new Map<BlockId, Versions>();
  const atEnd = new Map<BlockId, Versions>();
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of tree.order) {
      const arriving = (before.get(block.id) ?? []).flatMap((id) => atEnd.get(id) ?? []);
      const known = atStart.get(block.id);
      const start = merge(known, arriving, `b${block.id}`);
      if (known && isSame(known, start)) continue;
      changed = true;
      atStart.set(block.id, start);
      atEnd.set(block.id, step(block, start));
    }
  }
  return atStart;
}

/** A name that a block has given once stays, so that this comes to an end. */
function merge(known: Versions | undefined, arriving: readonly Versions[], own: string): Versions {
  const [first, ...others] = arriving;
  if (!first) return known ?? new Map();
  if (others.length === 0) return first;
  const merged = new Map(first);
  for (const name of new Set(arriving.flatMap((versions) => [...versions.keys()]))) {
    const version = first.get(name) ?? "entry";
    const agree = others.every((versions) => (versions.get(name) ?? "entry") === version);
    merged.set(name, agree && known?.get(name) !== own ? version : own);
  }
  return merged;
}

function isSame(a: Versions, b: Versions): boolean {
  return a === b || (a.size === b.size && [...a].every(([name, version]) => b.get(name) === version));
}
