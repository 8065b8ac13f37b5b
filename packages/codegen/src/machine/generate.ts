// The back end on one screen: IR to a program's instructions. Takes well-formed IR without asserts; gives the program, or
// diagnostics where the machine's limits do not hold it. What is accepted depends on the level only through those limits.
import type { Diagnostic } from "@typebpf/abi";
import type { IrFunction } from "../ir/function.ts";
import { type EmittedProgram, emit } from "./emit.ts";
import { layOutFrame } from "./frame.ts";
import { orderBlocks } from "./layout.ts";
import { checkLimits } from "./limits.ts";
import type { Mir, Physical, Virtual } from "./mir.ts";
import { orderOperands, removeDead } from "./peephole.ts";
import { printMir } from "./print.ts";
import { advancePointers } from "./rebase.ts";
import { allocate } from "./regalloc/allocate.ts";
import { checkAllocation } from "./regalloc/check.ts";
import { select } from "./select.ts";
import { simplifyFlow } from "./simplify.ts";
import { shareTails } from "./tails.ts";

export interface GenerateOptions {
  /** Instruction set version. */
  readonly isa: 1 | 2 | 3 | 4;
  readonly level: 0 | 1 | 2;
  /** Machine registers that allocation may use: 3, 5 or 10 (the default). */
  readonly registers?: number;
  /** The kernel takes loops that are closed by falling into their first block, without a jump; default false. */
  readonly fallingLoops?: boolean;
  /** Check the allocation; a wrong one throws. */
  readonly check?: boolean;
}

export type Generated = { readonly program: EmittedProgram } | { readonly diagnostics: readonly Diagnostic[] };

/** Generates code for one function. @throws Error for bugs of the compiler only. */
export function generateProgram(fn: IrFunction, options: GenerateOptions): Generated {
  const { mir: selected, diagnostics } = select(fn, options.isa);
  if (diagnostics.length > 0) return { diagnostics };
  const virtual: Mir<Virtual> = options.level === 0 ? selected : { ...selected, blocks: improved(selected) };
  const physical = allocated(virtual, options);
  const finished: Mir<Physical> = { ...physical, blocks: orderBlocks(tidied(physical, options.level)) };
  const frame = layOutFrame(finished);
  if ("failure" in frame) return { diagnostics: [frame.failure] };
  const emitted = emit(finished, frame.frame, options);
  if ("failure" in emitted) return { diagnostics: [emitted.failure] };
  const broken = checkLimits(emitted.program);
  return broken.length > 0 ? { diagnostics: broken } : emitted;
}

function improved(mir: Mir<Virtual>): Mir<Virtual>["blocks"] {
  return orderOperands(advancePointers(removeDead(simplifyFlow(mir.blocks))));
}

function tidied(mir: Mir<Physical>, level: 0 | 1 | 2): Mir<Physical>["blocks"] {
  const blocks = simplifyFlow(removeDead(mir.blocks));
  return level === 2 ? simplifyFlow(shareTails(blocks)) : blocks;
}

function allocated(virtual: Mir<Virtual>, { registers, check }: GenerateOptions): Mir<Physical> {
  const { mir, blocks } = allocate(virtual, registers);
  if (!check) return mir;
  const problems = checkAllocation(virtual, blocks);
  if (problems.length > 0) throw new Error(`regalloc: ${problems.join("\n")}\n${printMir(virtual)}\n${printMir(mir)}`);
  return mir;
}
