// Common subexpressions: an instruction that computes what a dominating one already computed is replaced by it. Loads take part with
// the version of the memory that they read, so that a store or a helper between two loads keeps them apart. A packet pointer at a
// variable offset is bound to the last test of that offset: the verifier knows the pointer's reach from where it was made, so one
// that was made under a weaker test does not serve under a stronger one (find_good_pkt_pointers, kernel/bpf/verifier.c).
import { isFilled } from "@typebpf/abi";
import { argsOf, predecessors, resultOf, valueTypes } from "../ir/cfg.ts";
import { type DominatorTree, dominators } from "../ir/dominators.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "../ir/function.ts";
import { flowVersions, type Versions, versionName } from "../ir/memory-versions.ts";
import { type BinaryOp, commutative } from "../ir/ops.ts";
import { following, type Rename, renameInst, renameUses } from "../ir/rewrite.ts";
import { type IrType, isPointer } from "../ir/types.ts";
import { helperRow, isPure } from "./uses.ts";

/** Kinds of memory that do not overlap; `bounds` are the packet's pointers, which no store to the context changes. */
const memories = ["context", "bounds", "packet", "stack", "mapValue", "record"] as const;
type Memory = (typeof memories)[number];

/** The function with repeated computations replaced. */
export function mergeCommonSubexpressions(fn: IrFunction): IrFunction {
  const merger = new Merger(fn, dominators(fn));
  merger.run();
  return merger.to.size === 0 ? fn : renameUses(fn, following(merger.to));
}

/** What a block added to the tables, to be taken back where its part of the dominator tree ends. */
interface Scope {
  readonly children: readonly Block[];
  next: number;
  readonly keys: readonly string[];
  /** Tests as they were before. */
  readonly tests: readonly (readonly [value: ValueId, way: string | undefined])[];
}

class Merger {
  readonly to = new Map<ValueId, ValueId>();
  readonly #tree: DominatorTree;
  readonly #types: ReadonlyMap<ValueId, IrType>;
  readonly #atStart: ReadonlyMap<BlockId, Versions>;
  readonly #constants: ReadonlySet<ValueId>;
  readonly #before: ReadonlyMap<BlockId, readonly BlockId[]>;
  readonly #ends: ReadonlyMap<BlockId, Block["end"]>;
  readonly #rename: Rename = following(this.to);
  readonly #known = new Map<string, ValueId>();
  /** The way out of the last branch that tested a value, by value. */
  readonly #tests = new Map<ValueId, string>();

  constructor(fn: IrFunction, tree: DominatorTree) {
    this.#tree = tree;
    this.#types = valueTypes(fn);
    this.#atStart = flowVersions(tree, (block, start) => this.#atEnd(block, start));
    this.#constants = new Set(
      fn.blocks.flatMap(({ insts }) => insts.flatMap((i) => (i.op === "const" ? [i.result] : []))),
    );
    this.#before = predecessors(fn);
    this.#ends = new Map(fn.blocks.map((block) => [block.id, block.end]));
  }

  run(): void {
    const [entry] = this.#tree.order;
    const open: Scope[] = entry ? [this.#enter(entry)] : [];
    for (let scope = open.at(-1); scope; scope = open.at(-1)) {
      const child = scope.children[scope.next++];
      if (child) {
        open.push(this.#enter(child));
        continue;
      }
      for (const key of scope.keys) this.#known.delete(key);
      for (const [value, way] of scope.tests) {
        if (way === undefined) this.#tests.delete(value);
        else this.#tests.set(value, way);
      }
      open.pop();
    }
  }

  #enter(block: Block): Scope {
    const tests = this.#test(block);
    const keys: string[] = [];
    let state = this.#atStart.get(block.id) ?? new Map();
    for (const [index, inst] of block.insts.entries()) {
      const key = keyOf(renameInst(inst, this.#rename), state, this.#types, this.#tests);
      const result = resultOf(inst);
      if (key !== undefined && result) {
        const earlier = this.#known.get(key);
        if (earlier !== undefined) this.to.set(result.value, earlier);
        else {
          this.#known.set(key, result.value);
          keys.push(key);
        }
      }
      state = after(inst, versionName(block.id, index), state, this.#types);
    }
    return { children: this.#tree.children(block.id), next: 0, keys, tests };
  }

  /** Notes what the only branch before the block tested. */
  #test(block: Block): Scope["tests"] {
    const before = this.#before.get(block.id) ?? [];
    const above = this.#tree.parent(block.id);
    const [only] = before;
    const end = only === above && before.length === 1 ? this.#endOf(above) : undefined;
    if (end?.op !== "branch") return [];
    const way = `b${above} b${block.id}`;
    return end.args
      .filter((value) => !this.#constants.has(value))
      .map((value) => {
        const tested = this.#rename(value);
        const old = [tested, this.#tests.get(tested)] as const;
        this.#tests.set(tested, way);
        return old;
      })
      .reverse();
  }

  #endOf(block: BlockId | undefined): Block["end"] | undefined {
    return block === undefined ? undefined : this.#ends.get(block);
  }

  #atEnd(block: Block, start: Versions): Versions {
    return block.insts.reduce(
      (state, inst, index) => after(inst, versionName(block.id, index), state, this.#types),
      start,
    );
  }
}

function keyOf(
  inst: Inst,
  state: Versions,
  types: ReadonlyMap<ValueId, IrType>,
  tests: ReadonlyMap<ValueId, string>,
): string | undefined {
  if (inst.op === "load") {
    // The socket of a context may be another after a helper.
    if (inst.type === "ptr.socket") return undefined;
    const from = memoryOf(types.get(inst.args[0]));
    const memory = from === "context" && isPointer(inst.type) ? "bounds" : from;
    return (
      memory &&
      `load ${inst.size} ${inst.signed} ${inst.offset} ${inst.args[0]} ${inst.type} ${memory} ${state.get(memory) ?? "entry"}`
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
    case "element":
      return undefined;
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
  const next = new Map(state);
  for (const memory of changed) next.set(memory, name);
  return next;
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
      if (args.some((arg) => arg.is === "callback")) return memories;
      const touched = new Set<Memory>();
      if (effects.includes("invalidatesPackets"))
        for (const memory of ["context", "bounds", "packet"] as const) touched.add(memory);
      if (effects.includes("writesContext")) touched.add("context");
      if (effects.includes("writesPacket")) touched.add("packet");
      if (effects.includes("writesMap")) touched.add("mapValue");
      args.forEach((arg, index) => {
        if (!isFilled(arg)) return;
        const memory = memoryOf(types.get(inst.args[index] ?? -1));
        for (const one of memory ? [memory] : memories) touched.add(one);
      });
      return [...touched];
    }
    default:
      return [];
  }
}
