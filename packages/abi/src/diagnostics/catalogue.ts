// Diagnostics that the `abi` package raises: BPF5001…BPF5019 bytecode and assembly text, BPF5030…BPF5039 BTF,
// BPF5040…BPF5059 ELF objects.
// Codes are stable: a row is never renumbered, and a code is never used again for something else.
import type { DiagnosticRow } from "./diagnostic.ts";
import { elfRows } from "./elf-rows.ts";

/** Rows of this package, by the name the code uses for them. */
export const abiDiagnostics = {
  oddLength: {
    code: "BPF5001",
    severity: "error",
    title: "bytecode is not a whole number of instructions",
    explain:
      "Every instruction takes 8 bytes, wide ones 16, so a length that is not a multiple of 8 means that bytes are missing or extra.",
    help: "pass the complete bytecode, 8 bytes for each slot",
  },
  unknownOpcode: {
    code: "BPF5002",
    severity: "error",
    title: "unknown opcode",
    explain: "No instruction of RFC 9669 or of the Linux kernel has this opcode, so its meaning cannot be known.",
    help: "check that the bytes are little-endian BPF bytecode and start at an instruction",
  },
  reservedField: {
    code: "BPF5003",
    severity: "error",
    title: "reserved field is not zero",
    explain:
      "Fields that an instruction does not use must be zero: later versions of the instruction set may give them a meaning, and the kernel refuses the program.",
    help: "set the field to zero",
  },
  badRegister: {
    code: "BPF5004",
    severity: "error",
    title: "no such register",
    explain: "BPF has the registers r0 to r10. The field could hold up to 15, but those registers do not exist.",
    help: "use r0 to r10",
  },
  badWide: {
    code: "BPF5005",
    severity: "error",
    title: "wide instruction without its second half",
    explain:
      "A 64-bit immediate load takes two slots; in the second one everything but the upper half of the immediate must be zero.",
    help: "let a slot with opcode, registers and offset zero follow, with the upper 32 bits as its immediate",
  },
  unknownForm: {
    code: "BPF5006",
    severity: "error",
    title: "the opcode has no such variant",
    explain:
      "Some opcodes stand for several instructions that another field tells apart (atomic operation, swap width, kind of call). This value stands for none of them.",
    help: "use one of the values that the instruction set defines",
  },
  jumpOutside: {
    code: "BPF5007",
    severity: "error",
    title: "jump out of its function",
    explain:
      "Jumps stay within their function, and calls go to an instruction of the same program. The kernel refuses anything else.",
    help: "jump to an instruction of the same function",
  },
  jumpIntoWide: {
    code: "BPF5008",
    severity: "error",
    title: "jump into the middle of a wide instruction",
    explain: "The second slot of a 64-bit immediate load is data and cannot be run.",
    help: "jump to the first slot of the wide instruction or behind it",
  },
  fallsOff: {
    code: "BPF5009",
    severity: "error",
    title: "function does not end with `exit` or `goto`",
    explain:
      "Execution would run off the end of the function into whatever follows. The kernel wants the last instruction of each function to be `exit` or an unconditional jump.",
    help: "end the function with `exit`",
  },
  badSize: {
    code: "BPF5010",
    severity: "error",
    title: "program has no instructions, or too many",
    explain: "A program has at least one instruction, and at most as many as the kernel takes (1,000,000).",
    help: "split the program, or give it instructions",
  },
  syntax: {
    code: "BPF5011",
    severity: "error",
    title: "not an instruction",
    explain:
      "Assembly text is in the syntax of the kernel's verifier log, one instruction a line, with `name:` for labels and `;` or `//` before comments.",
    help: "write the instruction as `typebpf disasm` prints it",
  },
  outOfRange: {
    code: "BPF5012",
    severity: "error",
    title: "number does not fit its field",
    explain:
      "Offsets have 16 bits and immediates 32, both signed; only `ll` immediates have 64. Hexadecimal immediates may spell out all 32 bits.",
    help: "use a smaller number; load large ones with `r1 = 0x… ll`, and jump far with `gotol`",
  },
  unknownName: {
    code: "BPF5013",
    severity: "error",
    title: "unknown label or helper",
    explain: "The name is neither a label of this text nor, in a call, a known helper.",
    help: "define the label as `name:` at the start of a line, or write the helper as `call name#number`",
  },
  duplicateLabel: {
    code: "BPF5014",
    severity: "error",
    title: "label defined twice",
    explain: "A label stands for one place; with two definitions it is not clear which one a jump means.",
    help: "rename one of the labels",
  },
  endlessLoop: {
    code: "BPF5015",
    severity: "error",
    title: "endless loop",
    explain:
      "From its first instruction on the program runs in a circle without a branch or a call that could leave it.",
    help: "leave the loop by a branch",
  },
  unknownHelper: {
    code: "BPF5016",
    severity: "error",
    title: "call to a helper that does not exist",
    explain: "The number belongs to no helper that is known here.",
    help: "call a helper of the target kernel",
  },
  malformedBtf: {
    code: "BPF5030",
    severity: "error",
    title: "malformed BTF",
    explain:
      "BTF describes types, functions and source lines of a program in a binary form (Documentation/bpf/btf.rst of Linux). These bytes are cut off, or what they say cannot be: a name or a type that is not there, a type inside of itself, a member outside of its struct.",
    help: "make the file again with the tool that made it",
  },
  ...elfRows,
} as const satisfies Record<string, DiagnosticRow>;
