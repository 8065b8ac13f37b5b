// Diagnostics that code generation raises: BPF3010…BPF3019 and BPF3021, limits of the machine. Codes are stable.
import type { DiagnosticRow } from "@typebpf/abi";

/** Rows of this folder, by the name the code uses for them. */
export const machineDiagnostics = {
  stackTooLarge: {
    code: "BPF3010",
    severity: "error",
    title: "the program needs more than 512 bytes of stack",
    explain:
      "The kernel gives a program 512 bytes of stack. Structs, arrays, map keys and values that a program builds live there, those that are never needed at the same time in the same place, and so do values that found no register.",
    help: "make structs or arrays smaller, keep large data in a map value (a per-CPU array with one entry is scratch memory), or build them in separate blocks",
  },
  jumpTooFar: {
    code: "BPF3011",
    severity: "error",
    title: "a jump is too far",
    explain:
      "Jumps of this instruction set version span at most 32767 instruction slots, and the program is longer than that.",
    help: "make the program smaller, or raise the target to Linux 6.6 or newer, which has long jumps",
  },
  noAtomic: {
    code: "BPF3012",
    severity: "error",
    title: "the target has no such atomic operation",
    explain:
      "Before instruction set version 3 (Linux 5.12) the only atomic operation is adding without reading the old value.",
    help: "do not use the old value, or raise the target",
  },
  tooManyInsns: {
    code: "BPF3013",
    severity: "error",
    title: "the program has too many instructions",
    explain: "The kernel takes programs of up to 1,000,000 instruction slots, and of 4096 before Linux 5.2.",
    help: "make loops shorter, call large functions from fewer places, or split the program",
  },
  tooManyMaps: {
    code: "BPF3014",
    severity: "error",
    title: "the program uses too many maps",
    explain: "The kernel takes programs that refer to up to 64 maps.",
    help: "merge maps of the same types, with a number in the key that tells them apart",
  },
  callsTooDeep: {
    code: "BPF3021",
    severity: "error",
    title: "the calls need too much stack",
    explain:
      "All functions that are open at a time share 512 bytes of stack: the kernel rounds each frame up to 32 bytes and adds them up along every chain of calls and callbacks. A chain has at most 8 frames.",
    help: "drop `noinline` where it is not needed, keep large data in a map value, or build it in one function only",
  },
} as const satisfies Readonly<Record<string, DiagnosticRow>>;
