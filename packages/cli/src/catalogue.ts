// The catalogues of all packages as one, ordered by code: for `explain` and for the reference. Takes rows only; loads
// neither the compiler nor native code.
import { abiDiagnostics, type DiagnosticRow } from "@typebpf/abi";
import { codegenDiagnostics } from "@typebpf/codegen/catalogue";
import { kernelDiagnostics, loaderDiagnostics, objectDiagnostics, packetDiagnostics } from "@typebpf/loader";
import { cliDiagnostics } from "./diagnostics.ts";

/** Which part of TypeBPF raises a diagnostic. */
export type PackageName = "abi" | "codegen" | "loader" | "cli";

/** A row with where it comes from. */
export interface CatalogueEntry {
  readonly row: DiagnosticRow;
  readonly package: PackageName;
}

const sources: readonly (readonly [name: PackageName, rows: readonly DiagnosticRow[]])[] = [
  ["abi", Object.values(abiDiagnostics)],
  ["codegen", codegenDiagnostics],
  ["loader", Object.values(loaderDiagnostics)],
  ["loader", Object.values(kernelDiagnostics)],
  ["loader", Object.values(objectDiagnostics)],
  ["loader", Object.values(packetDiagnostics)],
  ["cli", Object.values(cliDiagnostics)],
];

/** Every diagnostic there is, ordered by code. */
export const catalogue: readonly CatalogueEntry[] = sources
  .flatMap(([name, rows]) => rows.map((row) => ({ row, package: name })))
  .sort((left, right) => left.row.code.localeCompare(right.row.code));

/** What the thousands of a code stand for, in their order. */
export const families: readonly (readonly [digit: string, title: string])[] = [
  ["1", "The language"],
  ["2", "Types, values and layout"],
  ["3", "Target and limits"],
  ["4", "Verifier"],
  ["5", "Bytecode and objects"],
  ["6", "Loading, attaching, input and the command line"],
];

/** The entries of a family. */
export function familyOf(digit: string): readonly CatalogueEntry[] {
  return catalogue.filter(({ row }) => row.code[3] === digit);
}
