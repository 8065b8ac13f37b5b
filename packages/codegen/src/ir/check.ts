// The IR checker: what must hold after lowering and after every pass. Takes a function, gives the list of violations,
// empty when it is well formed. Uses its own availability analysis, not the dominator tree that passes use.
import {
  argsOf,
  argsOfEnd,
  blockMap,
  edgesOf,
  entryOf,
  predecessors,
  resultOf,
  reversePostorder,
  valueTypes,
} from "./cfg.ts";
import type { Block, BlockId, Inst, IrFunction, Terminator, ValueId } from "./function.ts";
import { binaryOps, compareOps, unaryOps } from "./ops.ts";
import { type IrType, isPointer } from "./types.ts";

type Types = ReadonlyMap<ValueId, IrType>;

const integerOps: ReadonlySet<string> = new Set<string>([...binaryOps, ...unaryOps]);

/** Everything that is wrong with the function, one sentence each. */
export function checkFunction(fn: IrFunction): readonly string[] {
  if (fn.blocks.length === 0) return ["the function has no block"];
  const types = valueTypes(fn);
  return [...checkNames(fn), ...fn.blocks.flatMap((block) => checkBlock(fn, block, types)), ...checkAvailability(fn)];
}

/** @throws Error with the violations and the stage that caused them: a compiler bug. */
export function assertWellFormed(fn: IrFunction, stage: string): void {
  const problems = checkFunction(fn);
  if (problems.length > 0) throw new Error(`${stage}: ${fn.name} is not well formed: ${problems.join("; ")}`);
}

function checkNames(fn: IrFunction): readonly string[] {
  const problems: string[] = [];
  const values = new Set<ValueId>();
  const blocks = new Set<BlockId>();
  const define = (value: ValueId): void => {
    if (values.has(value)) problems.push(`v${value} is defined twice`);
    values.add(value);
  };
  for (const block of fn.blocks) {
    if (blocks.has(block.id)) problems.push(`b${block.id} stands twice`);
    blocks.add(block.id);
    for (const param of block.params) define(param.value);
    for (const inst of block.insts) {
      const result = resultOf(inst);
      if (result) define(result.value);
    }
  }
  if ((predecessors(fn).get(entryOf(fn).id) ?? []).length > 0) problems.push("the entry block has a predecessor");
  return problems;
}

function checkBlock(fn: IrFunction, block: Block, types: Types): readonly string[] {
  const problems = block.insts.flatMap((inst) =>
    checkInst(fn, inst, types).map((text) => `b${block.id}: ${inst.op}: ${text}`),
  );
  return [...problems, ...checkEnd(fn, block.end, types).map((text) => `b${block.id}: ${block.end.op}: ${text}`)];
}

function checkInst(fn: IrFunction, inst: Inst, types: Types): readonly string[] {
  const typeOf = (index: number): IrType => types.get(argsOf(inst)[index] ?? -1) ?? "i64";
  const pointer = (index: number): readonly string[] =>
    isPointer(typeOf(index)) ? [] : [`argument ${index} is not a pointer`];
  const integer = (index: number): readonly string[] =>
    isPointer(typeOf(index)) ? [`argument ${index} is a pointer`] : [];
  switch (inst.op) {
    case "const":
      return inst.value < 0n || inst.value >= 1n << 64n ? [`${inst.value} is not an unsigned 64-bit constant`] : [];
    case "ptradd":
      return [...pointer(0), ...integer(1), ...(inst.type === typeOf(0) ? [] : ["the space changes"])];
    case "ptrdiff":
      return [...pointer(0), ...pointer(1)];
    case "load":
    case "zero":
      return pointer(0);
    case "store":
      return pointer(0);
    case "atomic":
      return [
        ...pointer(0),
        ...integer(1),
        ...((inst.args.length === 3) === (inst.operation === "cmpxchg") ? integer(2) : ["the number of arguments"]),
      ];
    case "copy":
      return [...pointer(0), ...pointer(1)];
    case "slot":
      return fn.slots.some((slot) => slot.id === inst.slot) ? [] : [`slot ${inst.slot} does not exist`];
    case "address":
      return inst.type === "ptr.mapValue" && inst.offset >= 0 ? [] : ["an address is a pointer into a map value"];
    case "map":
    case "call":
    case "invoke":
    case "function":
    case "element":
      return [];
    case "assert":
      return integer(0);
    default:
      return integerOps.has(inst.op) ? inst.args.flatMap((_, index) => integer(index)) : [`unknown operation`];
  }
}

function checkEnd(fn: IrFunction, end: Terminator, types: Types): readonly string[] {
  const blocks = blockMap(fn);
  const problems: string[] = [];
  if (end.op === "branch" && !compareOps.includes(end.compare)) problems.push(`unknown condition ${end.compare}`);
  for (const edge of edgesOf(end)) {
    const target = blocks.get(edge.block);
    if (!target) {
      problems.push(`b${edge.block} does not exist`);
      continue;
    }
    if (target.params.length !== edge.args.length)
      problems.push(`b${edge.block} takes ${target.params.length} values, ${edge.args.length} are passed`);
    target.params.forEach((param, index) => {
      const given = types.get(edge.args[index] ?? -1);
      if (given !== undefined && given !== param.type)
        problems.push(`v${param.value} is ${param.type}, v${edge.args[index]} is ${given}`);
    });
  }
  return problems;
}

/** Every use must be defined on all paths that lead to it. */
function checkAvailability(fn: IrFunction): readonly string[] {
  const order = reversePostorder(fn);
  const before = predecessors(fn);
  const reachable = new Set(order.map((block) => block.id));
  const out = new Map<BlockId, ReadonlySet<ValueId>>();
  const problems = new Set<string>();
  for (let changed = true; changed; ) {
    changed = false;
    problems.clear();
    for (const block of order) {
      const known = (before.get(block.id) ?? []).filter((id) => reachable.has(id)).flatMap((id) => out.get(id) ?? []);
      const available = new Set(intersect(known));
      for (const param of block.params) available.add(param.value);
      for (const inst of block.insts) {
        for (const arg of argsOf(inst))
          if (!available.has(arg)) problems.add(`b${block.id}: v${arg} is used before it is defined`);
        const result = resultOf(inst);
        if (result) available.add(result.value);
      }
      for (const arg of argsOfEnd(block.end))
        if (!available.has(arg)) problems.add(`b${block.id}: v${arg} is used before it is defined`);
      if (out.get(block.id)?.size !== available.size) {
        out.set(block.id, available);
        changed = true;
      }
    }
  }
  return [...problems];
}

function intersect(sets: readonly ReadonlySet<ValueId>[]): readonly ValueId[] {
  const [first, ...rest] = sets;
  return first ? [...first].filter((value) => rest.every((set) => set.has(value))) : [];
}
