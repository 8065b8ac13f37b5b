// The bytes of BTF to types, of either byte order (Documentation/bpf/btf.rst, section 2). Takes any bytes; what is not
// well-formed, or makes no sense (check.ts), is one diagnostic. Work is bounded by the length of the bytes.
import { abiDiagnostics } from "../diagnostics/catalogue.ts";
import { type Diagnostic, diagnostic } from "../diagnostics/diagnostic.ts";
import { btfProblem } from "./check.ts";
import { BTF_HEADER_BYTES } from "./encode.ts";
import { readBtfType } from "./read-type.ts";
import { BtfMalformed, type BtfSections, type BtfTexts, splitBtf } from "./sections.ts";
import type { Btf, BtfType } from "./types.ts";

function readTypes({ types, texts }: BtfSections & { readonly texts: BtfTexts }): readonly BtfType[] {
  const all: BtfType[] = [];
  for (let at = 0; at < types.byteLength; ) {
    const [type, length] = readBtfType(types, at, texts, all.length + 1);
    all.push(type);
    at += length;
  }
  return all;
}

/** Does `read`; what it finds malformed is a diagnostic. */
export function orMalformed<T>(read: () => T): T | Diagnostic {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BtfMalformed)) throw error;
    return diagnostic(abiDiagnostics.malformedBtf, { message: `malformed BTF: ${error.message}` });
  }
}

/** The types in the bytes of BTF, or what is wrong with them. */
export function decodeBtf(bytes: Uint8Array): Btf | Diagnostic {
  return orMalformed(() => {
    const sections = splitBtf(bytes, BTF_HEADER_BYTES);
    const types = readTypes(sections);
    const problem = btfProblem(types);
    if (problem !== undefined) throw new BtfMalformed(problem);
    return { types, bigEndian: sections.bigEndian };
  });
}
