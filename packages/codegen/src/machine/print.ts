// MIR as text, for reports of compiler bugs and for tests. One instruction a line: its name in the table, then the
// fields that it has; virtual registers are v16, v17, …
import { registerName } from "@typebpf/abi";
import { isVirtual, type Mir, type MirEnd, type MirInst, type Physical, type Register, type Virtual } from "./mir.ts";

function register(value: Register): string {
  return isVirtual(value) ? `v${value}` : registerName(value);
}

/** One instruction. */
export function printMirInst(inst: MirInst): string {
  const parts: string[] = [inst.name];
  if (inst.dst !== undefined) parts.push(register(inst.dst));
  if (inst.src !== undefined) parts.push(register(inst.src));
  if (inst.slot !== undefined) parts.push(`s${inst.slot}`);
  if (inst.offset !== undefined) parts.push(inst.offset < 0 ? `${inst.offset}` : `+${inst.offset}`);
  if (inst.imm !== undefined) parts.push(`#${inst.imm}`);
  if (inst.wide !== undefined) parts.push(`#0x${inst.wide.toString(16)}`);
  if (inst.map !== undefined) parts.push(inst.map);
  if (inst.section) parts.push("section");
  if (inst.function !== undefined) parts.push(inst.function);
  if (inst.kernelFunction !== undefined) parts.push(inst.kernelFunction);
  if (inst.args !== undefined) parts.push(`args ${inst.args}`);
  return parts.join(" ");
}

/** The end of a block. */
export function printMirEnd(end: MirEnd): string {
  switch (end.kind) {
    case "goto":
      return `goto b${end.to}`;
    case "exit":
      return "exit";
    case "branch": {
      const right = end.src === undefined ? `#${end.imm ?? 0}` : register(end.src);
      return `${end.op}${end.width} ${register(end.dst)} ${right} b${end.then} b${end.else}`;
    }
  }
}

/** The whole function. */
export function printMir(mir: Mir<Virtual> | Mir<Physical>): string {
  const lines = [`function ${mir.name}`];
  for (const slot of mir.slots)
    lines.push(`slot s${slot.id} size ${slot.size} align ${slot.align}${slot.spill ? " spill" : ""}`);
  for (const block of mir.blocks) {
    lines.push(`b${block.id}:`);
    for (const inst of block.insts) lines.push(`  ${printMirInst(inst)}`);
    lines.push(`  ${printMirEnd(block.end)}`);
  }
  return `${lines.join("\n")}\n`;
}
