// The function while registers are allocated: a list of steps per block. Each step says which instruction of the input it
// stands for, so that the checker can compare: an instruction may be rewritten, left out, or added.
import type { BlockId } from "../../ir/function.ts";
import type { MirBlock, MirEnd, MirInst } from "../mir.ts";

export interface Step {
  /** The instruction of the input; absent on moves, spills and reloads that the allocator adds. */
  readonly of?: MirInst;
  /** The instruction as it is now; absent where it has become unnecessary. */
  readonly inst?: MirInst;
}

export interface StepBlock {
  readonly id: BlockId;
  readonly steps: readonly Step[];
  readonly end: MirEnd;
}

/** Steps that stand for themselves. */
export function stepsOf(blocks: readonly MirBlock[]): readonly StepBlock[] {
  return blocks.map(({ id, insts, end }) => ({ id, end, steps: insts.map((inst) => ({ of: inst, inst })) }));
}

/** The instructions that remain. */
export function instsOf(blocks: readonly StepBlock[]): readonly MirBlock[] {
  return blocks.map(({ id, end, steps }) => ({
    id,
    end,
    insts: steps.flatMap(({ inst }) => (inst === undefined ? [] : [inst])),
  }));
}

/** The same blocks with instructions rewritten; an instruction for which `change` gives nothing is left out. */
export function mapSteps(
  blocks: readonly StepBlock[],
  change: (inst: MirInst) => MirInst | undefined,
  changeEnd: (end: MirEnd) => MirEnd,
): readonly StepBlock[] {
  return blocks.map(({ id, end, steps }) => ({
    id,
    end: changeEnd(end),
    steps: steps.flatMap((step): readonly Step[] => {
      const inst = step.inst && change(step.inst);
      if (inst) return [{ ...step, inst }];
      return step.of ? [{ of: step.of }] : [];
    }),
  }));
}
