// One BPF instruction as plain data (RFC 9669 section 3, Instruction encoding).
//
//   +--------+----+----+----------------+--------------------------------+
//   | opcode | dst| src|     offset     |              imm               |   8 bytes: one slot
//   +--------+----+----+----------------+--------------------------------+
//   |        reserved (zero)            |            nextImm             |   second slot of a wide instruction
//   +-----------------------------------+--------------------------------+

/** An instruction; wide ones (`lddw`, opcode 0x18) have `nextImm` and take two slots. */
export interface Insn {
  /** 0…255 */
  readonly opcode: number;
  /** 0…15; registers above r10 are refused on decode. */
  readonly dst: number;
  /** 0…15: a register or a pseudo source. */
  readonly src: number;
  /** Signed 16 bits. */
  readonly offset: number;
  /** Signed 32 bits. */
  readonly imm: number;
  /** Signed 32 bits: the upper half of a 64-bit immediate. Present exactly on wide instructions. */
  readonly nextImm?: number;
}

/** Number of 8-byte slots that the instruction takes: 1 or 2. */
export function slotsOf(insn: Insn): 1 | 2 {
  return insn.nextImm === undefined ? 1 : 2;
}

/** Number of 8-byte slots of a whole program. */
export function slotCount(insns: readonly Insn[]): number {
  return insns.reduce((sum, insn) => sum + slotsOf(insn), 0);
}
