// Common subexpressions: an instruction that computes what a dominating one already computed is replaced by it. Loads take part with
// the version of the memory that they read, so that a store or a helper between two loads keeps them apart. A packet pointer at a
// variable offset is bound to the last test of that offset: the verifier knows the pointer's reach from where it was made, so one
// that was made under a weaker test does not serve under a stronger one (find_good_pkt_pointers, kernel/bpf/verifier.c).
import { argsOf, edgesOf, predecessors, resultOf, valueTypes } from "../ir/cfg.ts";
import { type DominatorTree, dominators } from "../ir/dominators.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "../ir/function.ts";
import { type BinaryOp, commutative } from "../ir/ops.ts";
import { following, renameInst, renameUses } from "../ir/rewrite.ts";
import { type IrType, isPointer } from "../ir/types.ts";
import { helperRow, isPure } from "./uses.ts";

/** Kinds of memory that do not overlap; `bounds` are the packet's pointers, which no store to the context changes. */
const memories = ["context", "bounds", "packet", "stack", "mapValue", "record"] as const;
type Memory = (typeof memories)[number];
/** A name for the state of each memory: equal names, equal contents. */
type Versions = Readonly<Record<Memory, string>>;

/** The function with repeated computations replaced. */
export function mergeCommonSubexpressions(fn: IrFunction): IrFunction {
  const tree = dominators(fn);
  const types = valueTypes(fn);
  const versions = entryVersions(tree, types);
  const to = new Map<ValueId, ValueId>();
  const rename = following(to);
  const constants = new Set(
    fn.blocks.flatMap(({ insts }) => insts.flatMap((i) => (i.op === "const" ? [i.result] : []))),
  );
  const before = predecessors(fn);
  const visit = (block: Block, outer: ReadonlyMap<string, ValueId>, tests: Tests): void => {
    const known = new Map(outer);
    let state = versions.get(block.id) ?? initial;
    for (const [index, inst] of block.insts.entries()) {
      const key = keyOf(renameInst(inst, rename), state, types, tests);
      const result = resultOf(inst);
      if (key !== undefined && result) {
        const earlier = known.get(key);
        if (earlier === undefined) known.set(key, result.value);
        else to.set(result.value, earlier);
      }
      state = after(inst, versionName(block, index), state, types);
    }
    for (const child of tree.children(block.id)) {
      const decided = (before.get(child.id) ?? []).length === 1;
      visit(child, known, decided ? tested(tests, block, child, constants, rename) : tests);
    }
  };
  const [entry] = tree.order;
  if (entry) visit(entry, new Map(), new Map());
  return to.size === 0 ? fn : renameUses(fn, rename);
}

/** The way out of the last branch that tested a value, by value. */
type Tests = ReadonlyMap<ValueId, string>;

function tested(
  tests: Tests,
  block: Block,
  child: Block,
  constants: ReadonlySet<ValueId>,
  rename: (value: ValueId) => ValueId,
): Tests {
  if (block.end.op !== "branch") return tests;
  const way = `b${block.id} b${child.id}`;
  return new Map([
    ...tests,
    ...block.end.args.filter((value) => !constants.has(value)).map((value) => [rename(value), way] as const),
  ]);
}

const initial: Versions = {
  context: "entry",
  bounds: "entry",
  packet: "entry",
  stack: "entry",
  mapValue: "entry",
  record: "entry",
};

function keyOf(inst: Inst, state: Versions, types: ReadonlyMap<ValueId, IrType>, tests: Tests): string | undefined {
  if (inst.op === "load") {
    const from = memoryOf(types.get(inst.args[0]));
    const memory = from === "context" && isPointer(inst.type) ? "bounds" : from;
    return (
      memory &&
      `load ${inst.size} ${inst.signed} ${inst.offset} ${inst.args[0]} ${inst.type} ${memory} ${state[memory]}`
    );
  }
  if (!isPure(inst)) return undefined;
  switch (inst.op) {
    case "const":
      return `const ${inst.type} ${inst.value}`;
    case "slot":
      return `slot ${inst.slot}`;
    case "map":
      return `map ${inst.map}`;
    case "address":
      return `address ${inst.of} ${inst.name} ${inst.offset}`;
    case "function":
      return `function ${inst.function}`;
    case "ptradd": {
      const [pointer, offset] = inst.args;
      const test = inst.type === "ptr.packet" ? (tests.get(offset) ?? "") : "";
      return `ptradd ${pointer} ${offset} ${test}`;
    }
    default: {
      const args = [...argsOf(inst)];
      if (commutative.has(inst.op as BinaryOp)) args.sort((a, b) => a - b);
      return `${inst.op} ${args.join(" ")}`;
    }
  }
}

function memoryOf(type: IrType | undefined): Memory | undefined {
  return memories.find((name) => type === `ptr.${name}`);
}

/** The state of memory after an instruction; `name` is that of what it changes. */
function after(inst: Inst, name: string, state: Versions, types: ReadonlyMap<ValueId, IrType>): Versions {
  const changed = changes(inst, types);
  if (changed.length === 0) return state;
  const next: Record<Memory, string> = { ...state };
  for (const memory of changed) next[memory] = name;
  return next;
}

/** Names the memory that an instruction leaves: unique in the function. */
function versionName(block: Block, index: number): string {
  return `b${block.id}.${index}`;
}

function changes(inst: Inst, types: ReadonlyMap<ValueId, IrType>): readonly Memory[] {
  switch (inst.op) {
    case "store":
    case "atomic":
    case "zero":
    case "copy": {
      const memory = memoryOf(types.get(inst.args[0]));
      return memory ? [memory] : memories;
    }
    case "invoke":
      return inst.movesPackets ? memories : memories.filter((memory) => memory !== "bounds");
    case "call": {
      const { effects, args } = helperRow(inst.helper);
      const touched = new Set<Memory>();
      if (effects.includes("invalidatesPackets"))
        for (const memory of ["context", "bounds", "packet"] as const) touched.add(memory);
      if (effects.includes("writesContext")) touched.add("context");
      if (effects.includes("writesPacket")) touched.add("packet");
      if (effects.includes("writesMap")) touched.add("mapValue");
      args.forEach((arg, index) => {
        if (arg.is !== "memoryWrite") return;
        const memory = memoryOf(types.get(inst.args[index] ?? -1));
        for (const one of memory ? [memory] : memories) touched.add(one);
      });
      return [...touched];
    }
    default:
      return [];
  }
}

/** Versions at the start of each block: those of all predecessors where they agree, else the block's own. */
function entryVersions(tree: DominatorTree, types: ReadonlyMap<ValueId, IrType>): ReadonlyMap<BlockId, Versions> {
  const atStart = new Map<BlockId, Versions>();
  const [entry] = tree.order;
  if (entry) atStart.set(entry.id, initial);
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of tree.order) {
      const start = atStart.get(block.id);
      if (!start) continue;
      const end = block.insts.reduce(
        (state, inst, index) => after(inst, versionName(block, index), state, types),
        start,
      );
      for (const edge of edgesOf(block.end)) {
        const merged = merge(atStart.get(edge.block), end, edge.block);
        if (merged !== atStart.get(edge.block)) {
          atStart.set(edge.block, merged);
          changed = true;
        }
      }
    }
  }
  return atStart;
}

function merge(known: Versions | undefined, arriving: Versions, block: BlockId): Versions {
  if (!known) return arriving;
  const own = `b${block}`;
  const differing = memories.filter((memory) => known[memory] !== arriving[memory] && known[memory] !== own);
  if (differing.length === 0) return known;
  return { ...known, ...Object.fromEntries(differing.map((memory) => [memory, own])) };
}
