// Catalogue of the front end: every diagnostic of codes 1xxx, and those of 2xxx that come from TypeScript or from
// conversion. Ranges, widths, bounds and limits (BPF21xx, BPF30xx) have their rows in analyze/diagnostics.ts.
import { languageDiagnostics } from "./diagnostics/language.ts";
import { moduleDiagnostics } from "./diagnostics/module.ts";
import { subsetDiagnostics } from "./diagnostics/subset.ts";
import { typeDiagnostics } from "./diagnostics/types.ts";

/** All rows of the front end, by the name the code uses for them. */
export const frontendDiagnostics = {
  ...moduleDiagnostics,
  ...subsetDiagnostics,
  ...languageDiagnostics,
  ...typeDiagnostics,
} as const;

/** The name of a row. */
export type FrontendDiagnostic = keyof typeof frontendDiagnostics;
