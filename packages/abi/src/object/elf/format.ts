// Numbers of the ELF format as far as BPF objects use them (System V gABI; relocation types in
// Documentation/bpf/llvm_reloc.rst). Everything here is 64-bit ELF: header 64 bytes, section header 64, symbol 24, REL 16.

/** Sizes of the format's records in bytes. */
export const elfSizes = { header: 64, section: 64, symbol: 24, relocation: 16 } as const;

/** `e_type`, `e_machine` and the bytes of `e_ident` that BPF objects have. */
export const elfIdent = {
  class64: 2,
  little: 1,
  big: 2,
  version: 1,
  relocatable: 1,
  machineNone: 0,
  machineBpf: 247,
} as const;

/** Section types (`sh_type`). */
export const sectionTypes = {
  null: 0,
  progbits: 1,
  symtab: 2,
  strtab: 3,
  rela: 4,
  nobits: 8,
  rel: 9,
} as const;

/** Section flags (`sh_flags`). */
export const sectionFlags = { write: 1, alloc: 2, exec: 4, merge: 0x10, strings: 0x20, infoLink: 0x40 } as const;

/** Special section indices of symbols. */
export const symbolSections = { undefined: 0, reserved: 0xff00, absolute: 0xfff1, common: 0xfff2 } as const;

/** Symbol bindings and types, the two halves of `st_info`. */
export const symbolBindings = { local: 0, global: 1, weak: 2 } as const;
export const symbolTypes = { none: 0, object: 1, func: 2, section: 3, file: 4 } as const;

/** Relocation types of BPF. */
export const relocationTypes = {
  /** The 64-bit immediate of an `lddw`. */
  ld64: 1,
  /** 8 bytes of data. */
  abs64: 2,
  /** 4 bytes of data. */
  abs32: 3,
  /** 4 bytes of `.BTF` and `.BTF.ext`. */
  noDynamic32: 4,
  /** The immediate of a `call`. */
  call32: 10,
} as const;

/** A section as it stands in the file or will stand there. */
export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  /** Index of another section: the string table of a symbol table, the symbol table of relocations. */
  readonly link: number;
  /** Of relocations the section that they patch; of a symbol table its first symbol that is not local. */
  readonly info: number;
  readonly align: number;
  readonly entrySize: number;
  /** In bytes; a section without bits in the file has a size too. */
  readonly size: number;
  /** Empty for sections without bits in the file. */
  readonly data: Uint8Array;
}

/** A symbol. */
export interface ElfSymbol {
  readonly name: string;
  readonly binding: number;
  readonly type: number;
  /** 2 is hidden; nothing else matters to BPF. */
  readonly visibility: number;
  /** Index of its section, or one of `symbolSections`. */
  readonly section: number;
  /** Bytes from the start of its section. */
  readonly value: number;
  readonly size: number;
}

/** A place to be patched with the address of a symbol. */
export interface ElfRelocation {
  /** Bytes from the start of the section that is patched. */
  readonly offset: number;
  readonly type: number;
  /** Index of the symbol. */
  readonly symbol: number;
}
