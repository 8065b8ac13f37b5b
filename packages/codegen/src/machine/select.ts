// Instruction selection: IR to MIR over virtual registers. Takes well-formed IR without asserts; ensures that every
// instruction exists in the instruction set version, that constants are folded where BPF has room for them, and that
// edges with arguments have blocks of their own where they need one. Blocks come in reverse postorder.
import {
  argumentRegisters,
  type CalleeName,
  type Diagnostic,
  helpers,
  isKernelFunction,
  kernelFunctions,
  R0,
  type Span,
} from "@typebpf/abi";
import { entryOf, reversePostorder } from "../ir/cfg.ts";
import type {
  AddressInst,
  BinaryInst,
  Block,
  BlockId,
  CallInst,
  Edge,
  Inst,
  InvokeInst,
  IrFunction,
  LoadInst,
  Param,
  PointerAddInst,
  PointerDifferenceInst,
  UnaryInst,
} from "../ir/function.ts";
import { callFunction, move, valueAddress } from "./build.ts";
import { slotAlignment } from "./facts.ts";
import type { Mir, MirBlock, MirEnd, MirInst, Register, Virtual } from "./mir.ts";
import { selectBinary, selectUnary } from "./select/arithmetic.ts";
import { selectBranch } from "./select/branch.ts";
import { selectEdge } from "./select/edges.ts";
import {
  selectAtomic,
  selectCopy,
  selectLoad,
  selectPointerAdd,
  selectPointerDifference,
  selectStore,
  selectZero,
} from "./select/memory.ts";
import { Selection } from "./select/state.ts";

/** The function in MIR, or why the instruction set cannot express it. */
export interface Selected {
  readonly mir: Mir<Virtual>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Selects instructions of version `isa`. */
export function select(fn: IrFunction, isa: 1 | 2 | 3 | 4): Selected {
  const sel = new Selection(fn, isa);
  const order = reversePostorder(fn);
  const params = new Map(order.map((block) => [block.id, block.params]));
  // Definitions come after all their uses on this walk, back edges apart, and what those use is defined further up.
  const blocks = order
    .toReversed()
    .flatMap((block) => selectBlock(sel, block, params, block === entryOf(fn)).toReversed())
    .toReversed();
  const slots = fn.slots.map((slot) => ({ ...slot, align: slotAlignment(slot), spill: false }));
  const parameters = entryOf(fn).params.length;
  return { mir: { name: fn.name, slots, blocks, parameters, scalars: sel.scalars }, diagnostics: sel.diagnostics };
}

function selectBlock(
  sel: Selection,
  block: Block,
  params: ReadonlyMap<BlockId, readonly Param[]>,
  isEntry: boolean,
): readonly MirBlock[] {
  sel.openBlock();
  const last: MirInst[] = [];
  const edges: MirBlock[] = [];
  const end = selectEnd(sel, block, params, last, edges);
  sel.prepend(last);
  for (const inst of block.insts.toReversed()) {
    const group: MirInst[] = [];
    selectInst(sel, inst, group);
    sel.prepend(group);
  }
  if (isEntry) sel.prepend(parameterMoves(sel, block));
  return [{ id: block.id, insts: sel.closeBlock(), end }, ...edges];
}

/** What the function is called with comes in r1…r5. */
function parameterMoves(sel: Selection, { params, insts, end }: Block): MirInst[] {
  return params.flatMap(({ value }, index) => {
    const [register, argument] = [sel.needed(value), argumentRegisters[index]];
    if (argument === undefined) throw new Error("select: a function has more parameters than registers");
    return register === undefined ? [] : [move(register, argument, insts[0]?.at ?? end.at)];
  });
}

function selectEnd(
  sel: Selection,
  block: Block,
  params: ReadonlyMap<BlockId, readonly Param[]>,
  out: MirInst[],
  edges: MirBlock[],
): MirEnd {
  const { end } = block;
  const { at } = end;
  const movesOf = (edge: Edge): MirInst[] => selectEdge(sel, edge, params.get(edge.block) ?? [], at);
  /** The edge's own block where it has moves, else its target. */
  const targetOf = (edge: Edge): BlockId => {
    const moves = movesOf(edge);
    if (moves.length === 0) return edge.block;
    const id = sel.freshBlock();
    edges.push({ id, insts: moves, end: { kind: "goto", to: edge.block, at } });
    return id;
  };
  switch (end.op) {
    case "return":
      sel.moveInto(R0, end.args[0], out, at);
      return { kind: "exit", at };
    case "jump":
      out.push(...movesOf(end.to));
      return { kind: "goto", to: end.to.block, at };
    case "branch":
      return selectBranch(sel, end, targetOf(end.then), targetOf(end.else), out);
  }
}

function selectInst(sel: Selection, inst: Inst, out: MirInst[]): void {
  const dst = "result" in inst && inst.result !== undefined ? sel.needed(inst.result) : undefined;
  switch (inst.op) {
    case "store":
      selectStore(sel, inst, out);
      break;
    case "copy":
      selectCopy(sel, inst, out);
      break;
    case "zero":
      selectZero(sel, inst, out);
      break;
    case "atomic":
      selectAtomic(sel, inst, dst, out);
      break;
    case "call":
      selectCall(sel, inst, out);
      break;
    case "invoke":
      selectCall(sel, inst, out);
      break;
    case "assert":
    case "element":
      throw new Error(`select: ${inst.op} is for analysis alone`);
    case "const":
    case "slot":
    case "map":
    case "function":
      // Uses fold them in.
      break;
    default:
      if (dst !== undefined) selectValue(sel, inst, dst, out);
  }
}

/** Instructions that do nothing but give a value. */
type ValueInst = LoadInst | AddressInst | PointerAddInst | PointerDifferenceInst | UnaryInst | BinaryInst;

function selectValue(sel: Selection, inst: ValueInst, dst: Register, out: MirInst[]): void {
  switch (inst.op) {
    case "load":
      selectLoad(sel, inst, dst, out);
      break;
    case "address":
      out.push(valueAddress(dst, inst.of, inst.name, inst.offset, inst.at));
      break;
    case "ptradd":
      selectPointerAdd(sel, inst, dst, out);
      break;
    case "ptrdiff":
      selectPointerDifference(sel, inst, dst, out);
      break;
    case "zext32":
    case "sext8":
    case "sext16":
    case "sext32":
    case "swap16":
    case "swap32":
    case "swap64":
    case "neg32":
    case "neg64":
      selectUnary(sel, inst, dst, out);
      break;
    default:
      selectBinary(sel, inst, dst, out);
  }
}

function callKernel(callee: CalleeName, args: number, at: Span): MirInst {
  if (!isKernelFunction(callee)) return { name: "call_helper", imm: helpers[callee].number, args, at };
  return { name: "call_kfunc", imm: 0, kernelFunction: kernelFunctions[callee].symbol, args, at };
}

function selectCall(sel: Selection, inst: CallInst | InvokeInst, out: MirInst[]): void {
  const { at } = inst;
  inst.args.forEach((arg, index) => {
    const register = argumentRegisters[index];
    if (register === undefined) throw new Error(`select: ${inst.op} with more arguments than registers`);
    sel.moveInto(register, arg, out, at);
  });
  if (inst.op === "invoke") out.push(callFunction(inst.function, inst.args.length, at));
  else out.push(callKernel(inst.helper, inst.args.length, at));
  const result = sel.needed(inst.result);
  if (result !== undefined) out.push(move(result, R0, at));
}
