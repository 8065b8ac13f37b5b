// Diagnostics that analysis raises: BPF2100…BPF2199 values that may leave what holds them, BPF3001…BPF3009 limits that
// follow from loops and memory. Codes are stable: a row is never renumbered.

import type { DiagnosticRow } from "@typebpf/abi";
import type { Check } from "../ir/function.ts";

/** Rows of analysis, by the name the code uses for them. */
export const analyzeDiagnostics = {
  unsafeInteger: {
    code: "BPF2100",
    severity: "error",
    title: "the number may leave ±(2^53-1)",
    explain:
      "A JavaScript number is exact only up to 2^53-1; beyond it the result would be rounded, which integer registers cannot imitate.",
    help: "keep the operands small (a cast, `& mask`, a test before), or compute with bigint",
  },
  indexOutOfRange: {
    code: "BPF2101",
    severity: "error",
    title: "the index may lie outside of the array",
    explain:
      "Arrays in memory have a fixed length, and the kernel refuses accesses that it cannot prove to be inside. So the compiler must know that 0 ≤ index < length.",
    help: "test the index before it is used: if (index >= array.length) return …, or mask it: index & 15",
  },
  divisorMayBeZero: {
    code: "BPF2102",
    severity: "error",
    title: "the divisor may be zero",
    explain: "JavaScript gives NaN or Infinity for a division by zero, which no integer is.",
    help: "test the divisor before, or write `(a / b) | 0`, which gives 0 for it",
  },
  valueTooWide: {
    code: "BPF2103",
    severity: "error",
    title: "the value is wider than the field",
    explain:
      "An arithmetic result has the width of its widest operand, or what its range needs, whichever is less. Storing it in a narrower field would silently drop bits.",
    help: "cast the value to the field's type to say that the upper bits may go: u8(x)",
  },
  constantTooWide: {
    code: "BPF2104",
    severity: "error",
    title: "the constant does not fit the field",
    explain: "The field cannot hold this value, so reading it back would give another one.",
    help: "write a value that the field holds, or a cast that says which bits stay: u8(256)",
  },
  valueOutOfRange: {
    code: "BPF2105",
    severity: "error",
    title: "the value may be out of range",
    explain: "The operation is defined for a range of values only.",
    help: "test the value before it is used: if (x > limit) return …, or bound it: Math.min(x, limit)",
  },
  returnOutOfRange: {
    code: "BPF2109",
    severity: "error",
    title: "the program may return what the kernel does not take",
    explain:
      "The kernel loads programs of some types only where it can prove that they return a verdict that it knows, such as 0 or 1.",
    help: "return one of the verdicts: `return allowed ? 1 : 0`",
  },
  readOnlyData: {
    code: "BPF2106",
    severity: "error",
    title: "write to read-only data",
    explain: "Values of `config` do not change once the filter is loaded, so that the kernel can rely on them.",
    help: "copy the value first (`Flow({ ...settings.from })`), or make it a global variable with `let`",
  },
  socketAccess: {
    code: "BPF2108",
    severity: "error",
    title: "a socket can only be read field by field",
    explain:
      "A socket belongs to the kernel. Programs read its fields at constant offsets; the kernel refuses writes, and copies of the whole.",
    help: "read the fields that are wanted: `const port = sk.dstPort`; options are set by `ctx.setsockopt`",
  },
  misalignedAtomic: {
    code: "BPF2107",
    severity: "error",
    title: "atomic operation at a place that may not be aligned",
    explain:
      "An atomic instruction works on an address that is a multiple of the integer's size. Fields of structs and items of arrays lie so; what `view` makes of bytes may not.",
    help: "declare the integer as a field of the map's value, or view the bytes at an offset that is a multiple of its size",
  },
  deadPacketRef: {
    code: "BPF2150",
    severity: "error",
    title: "the packet ref is dead",
    explain:
      "The helper may move the packet's data. Refs into the packet that were made before it point to where the data was, and the kernel refuses to follow them.",
    help: "make the ref again after the call: `ctx.packet.at(offset, schema)`",
  },
  deadRecord: {
    code: "BPF2151",
    severity: "error",
    title: "the record was released",
    explain:
      "After `submit` or `discard`, and after the block that reserved it, a record belongs to user space or to the next record. The kernel refuses a program that touches it, or that may release it twice.",
    help: "write what belongs into the record first, and submit it last; copy what is needed later",
  },
  lockHeld: {
    code: "BPF2152",
    severity: "error",
    title: "a call while a lock is held",
    explain:
      "While a program holds a spin lock, other CPUs wait. The kernel allows no call of a helper then, so no lookup in a map, no clock and no second lock either.",
    help: "call before the block that takes the lock, and keep the result in a variable",
  },
  unboundedLoop: {
    code: "BPF3001",
    severity: "error",
    title: "no bound is found for the loop",
    explain:
      "The kernel follows every iteration before it accepts a program, so a loop must end after a number of iterations that is known beforehand.",
    help: "let a counter run to a constant or bound the limit (`i < Math.min(n, 64)`), or count the turns: `for (let turn = 0; turn < 64; turn++) { if (done) break; … }`",
  },
  stackTooLarge: {
    code: "BPF3002",
    severity: "error",
    title: "the variables need more than 512 bytes of stack",
    explain:
      "The kernel gives a program 512 bytes of stack. Structs, arrays, and keys and values of maps that the program builds live there; those that are never needed at the same time share memory.",
    help: "keep large data in the value of a perCpuArray with one entry, or make it smaller",
  },
  loopTooLong: {
    code: "BPF3004",
    severity: "error",
    title: "the loop runs too long",
    explain:
      "The kernel follows every iteration before it accepts a program, and gives up after one million instructions.",
    help: "lower the limit of the loop, or do less in it",
  },
  keptStackRef: {
    code: "BPF3008",
    severity: "error",
    title: "memory made in a loop is kept for the next iteration",
    explain:
      "A struct or array that a loop makes has one place on the stack, and the next iteration makes it again there. A ref to it that outlives the iteration would see the new one.",
    help: "make the struct before the loop and assign to it (`Object.assign`), or keep its members in variables",
  },
  licence: {
    code: "BPF3016",
    severity: "error",
    title: "the licence does not allow this helper",
    explain:
      'The kernel gives some helpers only to programs whose licence is compatible with the GPL: "GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL" or "Dual MPL/GPL".',
    help: 'write export const license = "GPL" or another of these, or do without the helper',
  },
  newerThanTarget: {
    code: "BPF3009",
    severity: "error",
    title: "newer than the target kernel",
    explain:
      "The object must load on the target kernel, which is the oldest one that it is meant for. This map type, program type or helper came later.",
    help: "raise the target (--target-kernel), or do without it",
  },
} as const satisfies Readonly<Record<string, DiagnosticRow>>;

/** The row of a check that fails. */
export const rowOfCheck: Readonly<Record<Check["kind"], DiagnosticRow>> = {
  safe: analyzeDiagnostics.unsafeInteger,
  index: analyzeDiagnostics.indexOutOfRange,
  nonzero: analyzeDiagnostics.divisorMayBeZero,
  fits: analyzeDiagnostics.valueTooWide,
  within: analyzeDiagnostics.valueOutOfRange,
};
