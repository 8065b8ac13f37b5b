// The text of the IR, one instruction a line; `parse.ts` reads it back (spans are not printed).
//
//   function firewall failure 0
//   slot s0 size 4 align 8 "key"
//   b0(v0: ptr.context):
//     v1: ptr.packet = load4 v0 +0
//     branch ugt64 v3 v2 b1() b2(v1)

import type { Check, Edge, Inst, IrFunction, IrModule, Terminator, ValueId } from "./function.ts";
import { splitOp } from "./ops.ts";

/** The text of a module: its functions, a blank line between them. */
export function printModule(module: IrModule): string {
  return module.functions.map(printFunction).join("\n");
}

/** The text of a function, ending in a newline. */
export function printFunction(fn: IrFunction): string {
  const lines = [`function ${fn.name} failure ${fn.failure}${fn.role ? ` ${fn.role}` : ""}`];
  for (const slot of fn.slots)
    lines.push(`slot s${slot.id} size ${slot.size} align ${slot.align} ${JSON.stringify(slot.name)}`);
  for (const block of fn.blocks) {
    lines.push(`b${block.id}(${block.params.map((param) => `v${param.value}: ${param.type}`).join(", ")}):`);
    for (const inst of block.insts) lines.push(`  ${printInst(inst)}`);
    lines.push(`  ${printEnd(block.end)}`);
  }
  return `${lines.join("\n")}\n`;
}

function values(args: readonly ValueId[]): string {
  return args.map((arg) => ` v${arg}`).join("");
}

function offset(bytes: number): string {
  return bytes < 0 ? ` ${bytes}` : ` +${bytes}`;
}

/** One instruction, without indentation. */
export function printInst(inst: Inst): string {
  const result = "result" in inst && inst.result !== undefined ? `v${inst.result}: ${inst.type} = ` : "";
  return result + body(inst);
}

function body(inst: Inst): string {
  switch (inst.op) {
    case "const":
      return `const ${inst.value}`;
    case "load":
      return `load${inst.signed ? "s" : ""}${inst.size}${values(inst.args)}${offset(inst.offset)}`;
    case "store":
      return `store${inst.size}${values(inst.args)}${offset(inst.offset)}`;
    case "atomic":
      return `atomic${inst.size} ${inst.operation}${values(inst.args)}${offset(inst.offset)}`;
    case "copy":
      return `copy ${inst.size}${values(inst.args)}${offset(inst.offset)}${offset(inst.sourceOffset)}`;
    case "zero":
      return `zero ${inst.size}${values(inst.args)}${offset(inst.offset)}`;
    case "slot":
      return `slot s${inst.slot}`;
    case "map":
      return `map ${JSON.stringify(inst.map)}`;
    case "address":
      return `address ${inst.of} ${JSON.stringify(inst.name)}${offset(inst.offset)}`;
    case "call":
      return `call ${inst.helper}${values(inst.args)}`;
    case "invoke":
      return `invoke ${JSON.stringify(inst.function)}${inst.movesPackets ? " moving" : ""}${values(inst.args)}`;
    case "function":
      return `function ${JSON.stringify(inst.function)}`;
    case "element":
      return `element ${inst.of} ${inst.visit}`;
    case "assert":
      return `assert${values(inst.args)} ${printCheck(inst.check)}`;
    default:
      return `${inst.op}${values(inst.args)}`;
  }
}

function printCheck(check: Check): string {
  switch (check.kind) {
    case "safe":
      return "safe";
    case "index":
      return `index ${check.length}`;
    case "nonzero":
      return `nonzero ${JSON.stringify(check.what)}`;
    case "fits":
      return `fits ${check.signed ? "i" : "u"}${check.bits} ${JSON.stringify(check.field)}`;
    case "within":
      return `within ${check.min} ${check.max} ${JSON.stringify(check.what)}`;
  }
}

function printEdge(edge: Edge): string {
  return `b${edge.block}(${edge.args.map((arg) => `v${arg}`).join(", ")})`;
}

/** A terminator, without indentation. */
export function printEnd(end: Terminator): string {
  switch (end.op) {
    case "jump":
      return `jump ${printEdge(end.to)}`;
    case "branch": {
      const { name, width } = splitOp(end.compare);
      return `branch ${name}${width}${values(end.args)} ${printEdge(end.then)} ${printEdge(end.else)}`;
    }
    case "return":
      return `return${values(end.args)}`;
  }
}
