// Diagnostics that lowering raises: BPF3003, BPF3005, BPF3006, BPF3007 and BPF3020, limits of what can be inlined and kept in
// registers, and BPF3030 to BPF3032, operations of maps. Codes are stable: a row is never renumbered.
import type { DiagnosticRow } from "@typebpf/abi";

/** Rows of lowering, by the name the code uses for them. */
export const lowerDiagnostics = {
  tooLarge: {
    code: "BPF3003",
    severity: "error",
    title: "the program is too large",
    explain:
      "Functions are inlined where they are called, so the size of a program is the sum over all calls. The kernel takes at most one million instructions and follows every path through them.",
    help: "call large functions from fewer places, or use a loop in place of repeated calls",
  },
  lockPlace: {
    code: "BPF3017",
    severity: "error",
    title: "the lock cannot be taken here",
    explain:
      "The kernel lets XDP and tc programs take locks, and those in values of hash and array maps only: what lies elsewhere nobody shares.",
    help: "take the lock of the value that the map gives",
  },
  longTable: {
    code: "BPF3005",
    severity: "error",
    title: "the constant table is too long to be indexed at run time",
    explain:
      "Kernels before Linux 5.2 have no read-only data, so a constant table becomes comparisons, which pays for a few dozen values only.",
    help: "raise the target (--target-kernel 5.2), or put the values into an arrayMap, which user space fills",
  },
  mixedMemory: {
    code: "BPF3006",
    severity: "error",
    title: "a ref may point into two kinds of memory",
    explain:
      "Depending on the path the ref points into the packet, into a map value or to the stack. Each is accessed by its own rules, so one access cannot serve two of them.",
    help: "copy the bytes first (`{ ...ref }`), or do the access on each path",
  },
  sharedRecord: {
    code: "BPF3007",
    severity: "error",
    title: "which object this is depends on the path",
    explain:
      "Plain objects live in registers and have no address, so a variable cannot name one of several objects that others still use.",
    help: "copy its members (`{ ...object }`), or give the object a schema so that it lives in memory",
  },
  notSubprogram: {
    code: "BPF3020",
    severity: "error",
    title: "the function cannot be a BPF function of its own",
    explain:
      "A function marked `noinline` is called with values in registers: numbers, bigints, booleans, refs and the context, and objects member by member. It gives back one such value, and the kernel lets it give no ref to the stack.",
    help: "drop `noinline`, pass a struct in memory and let the function fill it, or return one value",
  },
  mapOperation: {
    code: "BPF3030",
    severity: "error",
    title: "programs of this type may not do this with a map",
    explain:
      "The kernel gives each type of program its own helpers: redirects by a map are for XDP, the selection of a socket for programs that select sockets.",
    help: "do it in a program of a type that may, or do without it",
  },
  leaves: {
    code: "BPF3031",
    severity: "error",
    title: "the program cannot be left here",
    explain:
      "A tail call goes on with another program and does not come back. The kernel refuses it while something is held that must be given back, and a callback, or a function of its own, would be left alone, not the program.",
    help: "make the tail call behind the loop, or after the record or the lock is given back",
  },
  slotType: {
    code: "BPF3032",
    severity: "error",
    title: "the program cannot go on with programs of another type",
    explain: "An array of programs holds programs of one type, and only programs of that type can jump to them.",
    help: "declare an array of programs for each type",
  },
} as const satisfies Readonly<Record<string, DiagnosticRow>>;
