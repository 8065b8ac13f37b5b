// Shares the ends of blocks: where blocks end with the same instructions and then go to the same place, one copy is kept
// and the others jump to it. Each shared instruction saves a slot per copy, for a jump that replaces the end. Takes code
// after allocation, when equal text means equal effect.
import type { BlockId } from "../ir/function.ts";
import type { MirBlock } from "./mir.ts";
import { printMirEnd, printMirInst } from "./print.ts";

const LONGEST = 12;

interface Group {
  readonly length: number;
  readonly members: readonly MirBlock[];
}

/** Repeats the most profitable sharing until none is left. */
export function shareTails(blocks: readonly MirBlock[]): readonly MirBlock[] {
  let current = blocks;
  let next = Math.max(-1, ...blocks.map((block) => block.id)) + 1;
  for (let group = bestGroup(current); group; group = bestGroup(current)) current = share(current, group, next++);
  return current;
}

function bestGroup(blocks: readonly MirBlock[]): Group | undefined {
  const groups = new Map<string, MirBlock[]>();
  for (const block of blocks) {
    if (block.end.kind === "branch") continue;
    let key = printMirEnd(block.end);
    for (let length = 1; length <= Math.min(LONGEST, block.insts.length); length++) {
      const inst = block.insts[block.insts.length - length];
      if (!inst) break;
      key = `${printMirInst(inst)}\n${key}`;
      const known = groups.get(key);
      if (known) known.push(block);
      else groups.set(key, [block]);
    }
  }
  let best: Group | undefined;
  let bestSaving = 0;
  for (const [key, members] of groups) {
    const length = key.split("\n").length - 1;
    const saving = (members.length - 1) * length;
    if (saving > bestSaving) {
      best = { length, members };
      bestSaving = saving;
    }
  }
  return best;
}

function share(blocks: readonly MirBlock[], { length, members }: Group, fresh: BlockId): readonly MirBlock[] {
  const [first] = members;
  if (!first) return blocks;
  const whole = members.find((block) => block.insts.length === length);
  const target = whole?.id ?? fresh;
  const shortened = blocks.map((block) =>
    members.includes(block) && block !== whole
      ? { ...block, insts: block.insts.slice(0, -length), end: { kind: "goto", to: target, at: block.end.at } as const }
      : block,
  );
  return whole ? shortened : [...shortened, { id: fresh, insts: first.insts.slice(-length), end: first.end }];
}
