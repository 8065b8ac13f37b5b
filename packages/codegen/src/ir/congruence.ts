// Congruent values: an instruction that computes what a dominating one has computed is replaced by it, loads where the
// memory between is unchanged. Constants, slots and maps stay where they stand. Analysis needs it so that a value that was
// tested is the value that is used, even where the author wrote the expression twice; what is loaded once stays tested
// though another CPU may change the memory.
import { argsOf, resultOf } from "./cfg.ts";
import { type DominatorTree, dominators } from "./dominators.ts";
import type { Block, BlockId, Inst, IrFunction, LoadInst, StoreInst, ValueId } from "./function.ts";
import { full, type Interval } from "./interval.ts";
import { changedBy, type Versions, versionName, versionOf, versionsAfter, versionsAtStart } from "./memory-versions.ts";
import { type BinaryOp, commutative } from "./ops.ts";
import { type Memory, type Place, Places } from "./places.ts";
import { type Region, Regions } from "./regions.ts";
import { following, type Rename, renameInst, renameUses } from "./rewrite.ts";
import { transferInst } from "./transfer-inst.ts";
import { isPointer } from "./types.ts";

/** The function with repeated computations replaced. */
export function mergeCongruent(fn: IrFunction, tree: DominatorTree = dominators(fn)): IrFunction {
  return new Merger(fn, tree).run();
}

/** What bytes at a place are known to be. */
interface Known {
  readonly place: Place;
  readonly region: Region;
  readonly size: number;
  readonly signed: boolean;
  readonly value: ValueId;
  /** That of the memory when the bytes were seen. */
  readonly version: string;
}

/** Per block not more than this many places are remembered. */
const remembered = 64;

/** Memory whose bytes are what was stored last. */
const forwarded: ReadonlySet<Memory["kind"]> = new Set<Memory["kind"]>(["stack", "mapValue", "record"]);
/** Operations that are followed to tell what is stored. */
const mostDepth = 6;

/** A value, and the block whose dominance it holds in. */
interface Computed {
  readonly value: ValueId;
  readonly block: BlockId;
}

class Merger {
  readonly #fn: IrFunction;
  readonly #tree: DominatorTree;
  readonly #places: Places;
  readonly #regions: Regions;
  readonly #atStart: ReadonlyMap<BlockId, Versions>;
  readonly #computed = new Map<string, readonly Computed[]>();
  readonly #to = new Map<ValueId, ValueId>();
  readonly #rename: Rename = following(this.#to);

  constructor(fn: IrFunction, tree: DominatorTree) {
    this.#fn = fn;
    this.#tree = tree;
    this.#places = new Places(fn, tree);
    this.#regions = new Regions(fn, this.#places, this.#rename);
    this.#atStart = versionsAtStart(tree, this.#places);
  }

  run(): IrFunction {
    const known = new Map<BlockId, readonly Known[]>();
    for (const block of this.#tree.order) {
      const parent = this.#tree.parent(block.id);
      const outer = parent === undefined ? undefined : known.get(parent);
      known.set(block.id, this.#visit(block, outer ?? []));
    }
    if (this.#to.size === 0) return this.#fn;
    const renamed = renameUses(this.#fn, this.#rename);
    const isKept = (inst: Inst): boolean => {
      const result = resultOf(inst);
      return !result || !this.#to.has(result.value);
    };
    return { ...renamed, blocks: renamed.blocks.map((block) => ({ ...block, insts: block.insts.filter(isKept) })) };
  }

  #visit(block: Block, outer: readonly Known[]): readonly Known[] {
    let versions = this.#atStart.get(block.id) ?? new Map<string, string>();
    let known: readonly Known[] = outer.filter((one) => one.version === versionOf(versions, one.place.memory));
    for (const [index, original] of block.insts.entries()) {
      const inst = renameInst(original, this.#rename);
      if (inst.op === "load" && !isPointer(inst.type)) known = this.#load(inst, known, versions);
      else this.#compute(inst, block.id, versions);
      const next = versionsAfter(versions, inst, versionName(block.id, index), this.#places);
      if (next !== versions) known = this.#survive(inst, known, next);
      versions = next;
      if (inst.op === "store") known = this.#store(inst, known, versions);
    }
    return known;
  }

  #compute(inst: Inst, block: BlockId, versions: Versions): void {
    const result = resultOf(inst);
    const key = this.#keyOf(inst, versions);
    if (!result || key === undefined) return;
    const computed = this.#computed.get(key) ?? [];
    const earlier = computed.findLast((one) => this.#tree.dominates(one.block, block));
    if (earlier) this.#to.set(result.value, earlier.value);
    else this.#computed.set(key, [...computed, { value: result.value, block }].slice(-remembered));
  }

  #load(inst: LoadInst, known: readonly Known[], versions: Versions): readonly Known[] {
    const place = this.#placeOf(inst.args[0], inst.offset);
    const same = known.find(
      (one) =>
        one.place.root === place.root &&
        one.place.offset === place.offset &&
        one.size === inst.size &&
        (one.signed === inst.signed || inst.size === 8),
    );
    if (same) {
      this.#to.set(inst.result, same.value);
      return known;
    }
    if (place.memory.kind === "other") return known;
    const version = versionOf(versions, place.memory);
    const region = this.#regions.of(inst.args[0], inst.offset);
    const { size, signed, result: value } = inst;
    return [...known, { place, region, size, signed, value, version }].slice(-remembered);
  }

  /** What was stored is known where loading it back gives the same value. */
  #store(inst: StoreInst, known: readonly Known[], versions: Versions): readonly Known[] {
    const place = this.#placeOf(inst.args[0], inst.offset);
    const value = inst.args[1];
    if (!forwarded.has(place.memory.kind) || !this.#isUnsigned(value, inst.size)) return known;
    const version = versionOf(versions, place.memory);
    const region = this.#regions.of(inst.args[0], inst.offset);
    return [...known, { place, region, size: inst.size, signed: false, value, version }].slice(-remembered);
  }

  #isUnsigned(value: ValueId, size: number): boolean {
    if (this.#places.typeOf(value) !== "i64") return false;
    return size === 8 || this.#rangeOf(value, mostDepth).umax < 1n << BigInt(size * 8);
  }

  /** What a value can be by the operations that make it. */
  #rangeOf(value: ValueId, depth: number): Interval {
    const inst = this.#places.definition(value);
    return inst && depth > 0 ? transferInst(inst, (one) => this.#rangeOf(one, depth - 1), "all") : full;
  }

  /** Known bytes of the changed memory that the instruction certainly leaves alone. */
  #survive(inst: Inst, known: readonly Known[], versions: Versions): readonly Known[] {
    const written = this.#written(inst);
    const changed = changedBy(inst, this.#places);
    return known.flatMap((one) => {
      if (!changed.some((memory) => overlaps(memory, one.place.memory))) return [one];
      if (written?.region.root !== one.region.root) return [];
      const { min, max } = written.region;
      if (one.region.min < max + written.size && min < one.region.max + one.size) return [];
      return [{ ...one, version: versionOf(versions, one.place.memory) }];
    });
  }

  #written(inst: Inst): { readonly region: Region; readonly size: number } | undefined {
    if (inst.op !== "store" && inst.op !== "atomic" && inst.op !== "zero" && inst.op !== "copy") return undefined;
    return { region: this.#regions.of(inst.args[0], inst.offset), size: inst.size };
  }

  #placeOf(pointer: ValueId, offset: number): Place {
    const place = this.#places.of(pointer, this.#rename);
    return { ...place, offset: place.offset + offset };
  }

  /** Names constants and addresses by what they are, other values by their number. */
  #name(value: ValueId): string {
    const inst = this.#places.definition(value);
    if (inst?.op === "const") return `c${inst.value}`;
    if (inst?.op === "address") return `${inst.of} ${inst.name} ${inst.offset}`;
    return inst?.op === "slot" ? `s${inst.slot}` : `v${value}`;
  }

  #keyOf(inst: Inst, versions: Versions): string | undefined {
    switch (inst.op) {
      case "const":
      case "slot":
      case "map":
      case "address":
      case "call":
      case "invoke":
      case "function":
      case "element":
      case "store":
      case "atomic":
      case "copy":
      case "zero":
      case "assert":
        return undefined;
      case "load": {
        const { memory } = this.#places.of(inst.args[0], this.#rename);
        return `load${inst.size} ${inst.type} ${inst.args[0]} ${inst.offset} ${versionOf(versions, memory)}`;
      }
      default: {
        const args = argsOf(inst).map((arg) => this.#name(arg));
        if (commutative.has(inst.op as BinaryOp)) args.sort();
        return `${inst.op} ${args.join(" ")}`;
      }
    }
  }
}

function overlaps(a: Memory, b: Memory): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind !== "stack" || b.kind !== "stack") return true;
  return a.slot === undefined || b.slot === undefined || a.slot === b.slot;
}
