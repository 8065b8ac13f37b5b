// Every diagnostic that compiling can raise, of all stages. Loads no compiler, so that explaining a code is quick.
import type { DiagnosticRow } from "@typebpf/abi";
import { analyzeDiagnostics } from "./analyze/diagnostics.ts";
import { frontendDiagnostics } from "./diagnostics.ts";
import { lowerDiagnostics } from "./lower/diagnostics.ts";
import { machineDiagnostics } from "./machine/diagnostics.ts";

const stages: readonly Readonly<Record<string, DiagnosticRow>>[] = [
  frontendDiagnostics,
  lowerDiagnostics,
  analyzeDiagnostics,
  machineDiagnostics,
];

/** Rows of this package. */
export const codegenDiagnostics: readonly DiagnosticRow[] = stages.flatMap((rows) => Object.values(rows));
