// Diagnostics of ELF objects: BPF5040…BPF5059. Rows of the catalogue of `abi`.
import type { DiagnosticRow } from "./diagnostic.ts";

/** Rows by the name the code uses for them. */
export const elfRows = {
  notElf: {
    code: "BPF5040",
    severity: "error",
    title: "this is no BPF object file",
    explain:
      "BPF objects are relocatable 64-bit ELF files for the machine BPF, as `typebpf build` and `clang -target bpf -c` write them.",
    help: "give an object file that was built for BPF",
  },
  elfDamaged: {
    code: "BPF5041",
    severity: "error",
    title: "the object file is damaged",
    explain:
      "Headers, sections, symbols and relocations refer to each other by offset and index; one of them points outside of what it refers to.",
    help: "build the object again; a file that was cut short or changed cannot be trusted",
  },
  elfCode: {
    code: "BPF5042",
    severity: "error",
    title: "a section of code cannot be divided into functions",
    explain:
      "Each function of a section is a symbol with a place and a size in whole instructions; together they cover the section.",
    help: "build the object again, with its symbols",
  },
  elfRelocation: {
    code: "BPF5043",
    severity: "error",
    title: "a relocation fits nothing",
    explain:
      "A relocation puts the address of a map, of data or of a function into an instruction that has room for it; this one does not.",
    help: "build the object again; one that a linker has changed may need `bpftool gen object`",
  },
  elfMap: {
    code: "BPF5044",
    severity: "error",
    title: "a map of the object cannot be read",
    explain:
      'A map is a variable in the section ".maps" whose BTF type is a struct: `__uint(type, …)`, `__type(key, …)` and so on.',
    help: "define the map as libbpf wants it, and build with -g",
  },
  elfData: {
    code: "BPF5045",
    severity: "error",
    title: "a section of data cannot be read",
    explain: "Global data is a section with a size and a name of its own; variables lie inside of it.",
    help: "build the object again",
  },
  elfFacts: {
    code: "BPF5046",
    severity: "error",
    title: 'the section ".typebpf" contradicts the object',
    explain:
      "TypeBPF writes down there what ELF and BTF cannot say: places in the TypeScript source, bit fields of big-endian units. It was changed, or the object was.",
    help: "build the object again, or remove the section: `llvm-objcopy --remove-section=.typebpf`",
  },
  elfUnwritable: {
    code: "BPF5047",
    severity: "error",
    title: "the object cannot be written as ELF",
    explain:
      "An object that was read with parts that TypeBPF has no form for, or with names that ELF cannot hold, is not written again.",
    help: "write the object from its source",
  },
} as const satisfies Record<string, DiagnosticRow>;
