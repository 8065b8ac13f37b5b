// Filters of the tests in guests, compiled on the host: in a guest that would take a minute.
import { writeElf } from "../../packages/abi/src/index.ts";
import { compile } from "../../packages/codegen/src/compile.ts";

/** Where the object of a filter lies, beside its source. */
export const objectName = (file: string): string => file.replace(/\.ts$/u, ".o");

/** The ELF object of a filter. @throws DiagnosticError for one that does not compile */
export async function compiledFilter(path: string): Promise<Uint8Array> {
  return writeElf(await compile(path));
}
