// Conditions that a dominating branch has already decided: the same test again, a null check again, and packet bounds that a wider
// check covers. A fact holds in the blocks dominated by the edge that made it true.
import { edgesOf, predecessors } from "../ir/cfg.ts";
import { type DominatorTree, dominators } from "../ir/dominators.ts";
import type { Block, BlockId, Inst, IrFunction, Terminator, ValueId } from "../ir/function.ts";
import { type CompareOp, negateCompare, swapCompare } from "../ir/ops.ts";
import { mapBlocks } from "../ir/rewrite.ts";
import { definitions } from "./uses.ts";

/** The function with decided branches turned into jumps. */
export function removeDecidedConditions(fn: IrFunction): IrFunction {
  const worker = new Worker(fn);
  worker.run();
  const { decided } = worker;
  if (decided.size === 0) return fn;
  return mapBlocks(fn, (block) => {
    const outcome = decided.get(block.id);
    if (outcome === undefined || block.end.op !== "branch") return block;
    return { ...block, end: { op: "jump", to: outcome ? block.end.then : block.end.else, at: block.end.at } };
  });
}

interface Facts {
  /** "eq64 v1 v2" for conditions that hold. */
  readonly holds: ReadonlySet<string>;
  /** Bytes known to be in the packet, from each base pointer on, by base and end. */
  readonly inPacket: ReadonlyMap<string, bigint>;
}

class Worker {
  readonly decided = new Map<BlockId, boolean>();
  private readonly fn: IrFunction;
  private readonly tree: DominatorTree;
  private readonly definitions: ReadonlyMap<ValueId, Inst>;
  private readonly before: ReadonlyMap<BlockId, readonly BlockId[]>;

  constructor(fn: IrFunction) {
    this.fn = fn;
    this.tree = dominators(fn);
    this.definitions = definitions(fn);
    this.before = predecessors(fn);
  }

  run(): void {
    const [entry] = this.fn.blocks;
    const work = entry
      ? [{ block: entry, facts: { holds: new Set<string>(), inPacket: new Map<string, bigint>() } as Facts }]
      : [];
    for (let next = work.pop(); next; next = work.pop()) {
      const { block, facts } = next;
      const { end } = block;
      if (end.op === "branch") {
        const outcome = this.outcome(end, facts);
        if (outcome !== undefined) this.decided.set(block.id, outcome);
      }
      for (const child of this.tree.children(block.id))
        work.push({ block: child, facts: this.along(block, child.id, facts) });
    }
  }

  private along(block: Block, child: BlockId, facts: Facts): Facts {
    const { end } = block;
    const isOnlyWay = this.before.get(child)?.length === 1 && edgesOf(end).some((edge) => edge.block === child);
    if (end.op !== "branch" || !isOnlyWay) return facts;
    const compare = end.then.block === child ? end.compare : negateCompare(end.compare);
    const [left, right] = end.args;
    if (!compare) return { ...facts, holds: new Set([...facts.holds, `n${key(end.compare, left, right)}`]) };
    const holds = new Set([...facts.holds, key(compare, left, right), key(swapCompare(compare), right, left)]);
    const bound = this.bound(compare, left, right);
    if (!bound) return { ...facts, holds };
    const known = facts.inPacket.get(bound.key) ?? 0n;
    return { holds, inPacket: new Map(facts.inPacket).set(bound.key, bound.bytes > known ? bound.bytes : known) };
  }

  private outcome(end: Terminator & { readonly op: "branch" }, facts: Facts): boolean | undefined {
    const [left, right] = end.args;
    if (facts.holds.has(key(end.compare, left, right))) return true;
    if (facts.holds.has(`n${key(end.compare, left, right)}`)) return false;
    const opposite = negateCompare(end.compare);
    if (!opposite) return undefined;
    if (facts.holds.has(key(opposite, left, right))) return false;
    const bound = this.bound(opposite, left, right);
    return bound && bound.bytes <= (facts.inPacket.get(bound.key) ?? 0n) ? false : undefined;
  }

  /** `pointer <= end of packet`, as the base of the pointer and its distance from it. */
  private bound(
    compare: CompareOp,
    left: ValueId,
    right: ValueId,
  ): { readonly key: string; readonly bytes: bigint } | undefined {
    if (compare !== "ule64" || !this.isEnd(right)) return undefined;
    let base = left;
    let bytes = 0n;
    for (;;) {
      const inst = this.definitions.get(base);
      const added = inst?.op === "ptradd" ? this.definitions.get(inst.args[1]) : undefined;
      if (inst?.op !== "ptradd" || added?.op !== "const") break;
      base = inst.args[0];
      bytes += BigInt.asIntN(64, added.value);
    }
    return bytes > 0n ? { key: `${base} ${right}`, bytes } : undefined;
  }

  private isEnd(value: ValueId): boolean {
    const inst = this.definitions.get(value);
    return inst?.op === "load" && inst.type === "ptr.packetEnd";
  }
}

function key(compare: CompareOp, left: ValueId, right: ValueId): string {
  return `${compare} ${left} ${right}`;
}
