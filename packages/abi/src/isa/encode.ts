// Instructions to bytecode, little-endian (RFC 9669 section 3). Takes instructions of the table; one that no row
// allows is a bug of the caller and throws. Ensures decode(encode(x)) = x.
import { fitsField } from "./build.ts";
import { insnFields } from "./form.ts";
import { type Insn, slotCount } from "./insn.ts";
import { formOf } from "./opcodes.ts";

/** Bytes of one slot. */
export const slotBytes = 8;

/** Bytecode of the instructions, 8 bytes a slot. Throws an Error on an instruction that the table does not have. */
export function encode(insns: readonly Insn[]): Uint8Array {
  const bytes = new Uint8Array(slotCount(insns) * slotBytes);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const insn of insns) {
    check(insn, at / slotBytes);
    view.setUint8(at, insn.opcode);
    view.setUint8(at + 1, (insn.src << 4) | insn.dst);
    view.setInt16(at + 2, insn.offset, true);
    view.setInt32(at + 4, insn.imm, true);
    at += slotBytes;
    if (insn.nextImm === undefined) continue;
    view.setInt32(at + 4, insn.nextImm, true);
    at += slotBytes;
  }
  return bytes;
}

function check(insn: Insn, slot: number): void {
  const fits = insnFields.every((field) => fitsField(field, insn[field] ?? 0));
  if (!fits || formOf(insn) === undefined)
    throw new Error(`encode: slot ${slot} is no instruction: ${JSON.stringify(insn)}`);
}
