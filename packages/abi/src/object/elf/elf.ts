// Objects as ELF files for programs that use the library: what goes wrong is thrown, as everywhere at its edge.
import { type Diagnostic, DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { BpfObject } from "../object.ts";
import { readElf } from "./read.ts";
import { writeElf } from "./write.ts";

function isRefused(result: BpfObject | readonly Diagnostic[]): result is readonly Diagnostic[] {
  return Array.isArray(result);
}

/**
 * The object that an ELF file holds: ours, or that of any compiler for BPF.
 * @throws DiagnosticError BPF5040 to BPF5046 for bytes that are no such file
 */
export function read(bytes: Uint8Array): BpfObject {
  const result = readElf(bytes);
  if (isRefused(result)) throw new DiagnosticError(result);
  return result;
}

/**
 * The object as an ELF file with BTF, as libbpf, bpftool, ip and tc load it. Compile it with `directMapValues: false`.
 * @throws DiagnosticError BPF5047 for what ELF has no form for
 */
export function write(object: BpfObject): Uint8Array {
  return writeElf(object);
}
