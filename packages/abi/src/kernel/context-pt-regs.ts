// The registers at a probe (struct pt_regs of x86-64, arch/x86/include/asm/ptrace.h), with the names that the calling
// convention gives some of them: the arguments of a function, and what it returns (PT_REGS_PARM of libbpf's bpf_tracing.h).
// Other architectures need rows of their own, and an object would have to say for which it was compiled.
import type { ContextFieldRow, ContextRow } from "./context-row.ts";

const registerRows = [
  ["r15", 0, "Register r15."],
  ["r14", 8, "Register r14."],
  ["r13", 16, "Register r13."],
  ["r12", 24, "Register r12."],
  ["bp", 32, "The frame pointer."],
  ["bx", 40, "Register rbx."],
  ["r11", 48, "Register r11."],
  ["r10", 56, "Register r10."],
  ["r9", 64, "Register r9: the sixth argument of a function."],
  ["r8", 72, "Register r8: the fifth argument of a function."],
  ["ax", 80, "Register rax: what a function returns."],
  ["cx", 88, "Register rcx: the fourth argument of a function."],
  ["dx", 96, "Register rdx: the third argument of a function."],
  ["si", 104, "Register rsi: the second argument of a function."],
  ["di", 112, "Register rdi: the first argument of a function."],
  ["orig_ax", 120, "The number of the system call, while the kernel works on one."],
  ["ip", 128, "The instruction pointer."],
  ["cs", 136, "The code segment."],
  ["flags", 144, "The flags."],
  ["sp", 152, "The stack pointer."],
  ["ss", 160, "The stack segment."],
] as const;

/** Registers of a program that runs at `since`, under their C names. */
export function registerFields(since: string): readonly ContextFieldRow[] {
  return registerRows.map(([name, offset, doc]) => ({
    name,
    as: name === "orig_ax" ? "origAx" : name,
    offset,
    size: 8,
    access: "read",
    is: "integer",
    since,
    doc,
  }));
}

const byConvention: readonly ContextFieldRow[] = [
  {
    name: "args",
    as: "args",
    offset: 112,
    offsets: [112, 104, 96, 88, 72, 64],
    count: 6,
    size: 8,
    alias: true,
    access: "read",
    is: "integer",
    since: "4.1",
    doc: "The first six integer arguments of the function; at its first instruction only.",
  },
  {
    name: "return_value",
    as: "returnValue",
    offset: 80,
    size: 8,
    alias: true,
    access: "read",
    is: "integer",
    since: "4.1",
    doc: "What the function returns; where it returns only.",
  },
];

/** Row of the context `pt_regs`. */
export const ptRegsContext = {
  struct: "pt_regs",
  size: 168,
  fields: [...registerFields("4.1"), ...byConvention],
} as const satisfies ContextRow;
