// BTF_LOAD: the types, function names and source lines of an object, loaded once for all its maps and programs. A kernel
// that lacks a kind gets the types without it; one that takes none gets maps and programs without BTF, which run as well
// (Linux 4.18 has BTF, 5.0 functions and lines, 5.2 sections, 5.16 declaration tags; kernel/bpf/btf.c).
import {
  type BpfObject,
  BtfStrings,
  type BtfType,
  btfSanitized,
  type CodeInfo,
  codeInfo,
  encodeBtf,
  flattenProgram,
  lineColumn,
  type ObjectTypes,
  objectTypes,
  SourceLines,
  uapi,
} from "@typebpf/abi";
import { Attr, attrLayouts } from "./attr.ts";
import { Fd } from "./fd.ts";
import type { Memory, Sys } from "./sys.ts";

/** Records of BPF_PROG_LOAD about the instructions of one program. */
export interface CodeRecords {
  readonly btfFd: number;
  /** `struct bpf_func_info`, 8 bytes each; undefined where the kernel does not know functions. */
  readonly functions: Memory | undefined;
  /** `struct bpf_line_info`, 16 bytes each. */
  readonly lines: Memory | undefined;
}

/** Types of a map's key and value, for BPF_MAP_CREATE. */
export interface MapTypeIds {
  readonly btfFd: number;
  readonly key: number;
  readonly value: number;
}

/** Bytes of the records. */
export const recordBytes = { functions: 8, lines: 16 } as const;

function wordsMemory(sys: Sys, words: readonly number[]): Memory | undefined {
  if (words.length === 0) return undefined;
  const memory = sys.allocate(words.length * 4);
  for (const [index, word] of words.entries()) memory.view.setUint32(index * 4, word, true);
  return memory;
}

/** The BTF of a loaded object. Dispose closes the descriptor; maps and programs keep what they need. */
export class KernelBtf implements Disposable {
  readonly #sys: Sys;
  readonly #fd: Fd;
  readonly #types: ObjectTypes;
  readonly #codes: ReadonlyMap<string, CodeInfo>;
  readonly #strings: BtfStrings;
  readonly #functions: boolean;

  constructor(sys: Sys, fd: Fd, contents: Contents, functions: boolean) {
    this.#sys = sys;
    this.#fd = fd;
    this.#types = contents.types;
    this.#codes = contents.codes;
    this.#strings = contents.strings;
    this.#functions = functions;
  }

  /** For what is made with types of the object. */
  get number(): number {
    return this.#fd.number;
  }

  /** Types of a map, or of the one behind a section: no key, and the section as its value. Undefined where it has none. */
  map(name: string): MapTypeIds | undefined {
    const { maps, sections } = this.#types;
    const section = sections.find((one) => one.name === name);
    const found = section ? { key: 0, value: section.type } : maps.find((one) => one.name === name);
    return found && { btfFd: this.#fd.number, key: found.key, value: found.value };
  }

  /** Records about the instructions of a program. */
  code(program: string): CodeRecords | undefined {
    const code = this.#codes.get(program);
    if (!code || !this.#functions) return undefined;
    const functions = code.functions.flatMap(({ slot, type }) => [slot, type]);
    const lines = code.lines.flatMap(({ slot, file, text, line, column }) => {
      return [slot, this.#strings.offset(file), this.#strings.offset(text), lineColumn(line, column)];
    });
    // The verifier takes lines only of functions that it knows.
    const known = functions.length > 0;
    return {
      btfFd: this.#fd.number,
      functions: wordsMemory(this.#sys, functions),
      lines: known ? wordsMemory(this.#sys, lines) : undefined,
    };
  }

  [Symbol.dispose](): void {
    this.#fd[Symbol.dispose]();
  }
}

/** What goes into the BTF of an object, all texts of lines among its strings. */
interface Contents {
  readonly types: ObjectTypes;
  readonly codes: ReadonlyMap<string, CodeInfo>;
  readonly strings: BtfStrings;
}

function contentsOf(object: BpfObject): Contents {
  const types = objectTypes(object);
  const sources = new SourceLines(object.sources);
  const codes = new Map<string, CodeInfo>();
  const strings = new BtfStrings();
  for (const program of object.programs) {
    const flat = flattenProgram(object, program);
    // What does not flatten is refused when the program is loaded.
    if (typeof flat === "string") continue;
    const code = codeInfo(flat, types, sources);
    for (const { file, text } of code.lines) {
      strings.offset(file);
      strings.offset(text);
    }
    codes.set(program.name, code);
  }
  return { types, codes, strings };
}

function load(sys: Sys, types: readonly BtfType[], strings: BtfStrings): number {
  const bytes = encodeBtf(types, { strings });
  const memory = sys.allocate(bytes.length);
  memory.bytes.set(bytes);
  return new Attr(sys, attrLayouts.btfLoad)
    .set("btf", memory)
    .set("btf_size", bytes.length)
    .call(uapi.command.BTF_LOAD);
}

/** Loads the BTF of an object; undefined where the kernel takes none. */
export function loadBtf(sys: Sys, object: BpfObject): KernelBtf | undefined {
  const contents = contentsOf(object);
  const { types, strings } = contents;
  const { types: all } = types;
  const loaded = (fd: number, functions: boolean) => new KernelBtf(sys, new Fd(sys, fd, "BTF"), contents, functions);
  const whole = load(sys, all, strings);
  if (whole >= 0) return loaded(whole, true);
  const older = load(sys, btfSanitized(all, "5.2"), strings);
  if (older >= 0) return loaded(older, true);
  const oldest = load(sys, btfSanitized(all, "4.18"), strings);
  return oldest >= 0 ? loaded(oldest, false) : undefined;
}
