// Catalogue of the front end: every diagnostic of codes 1xxx, and those of 2xxx that come from TypeScript or from
// conversion. Ranges, widths, bounds and limits (BPF21xx, BPF30xx) have their rows in analyze/diagnostics.ts.
import { LANGUAGE_DIAGNOSTICS } from "./diagnostics/language.ts";
import { MODULE_DIAGNOSTICS } from "./diagnostics/module.ts";
import { SUBSET_DIAGNOSTICS } from "./diagnostics/subset.ts";
import { TYPE_DIAGNOSTICS } from "./diagnostics/types.ts";

/** All rows of the front end, by the name the code uses for them. */
export const FRONTEND_DIAGNOSTICS = {
  ...MODULE_DIAGNOSTICS,
  ...SUBSET_DIAGNOSTICS,
  ...LANGUAGE_DIAGNOSTICS,
  ...TYPE_DIAGNOSTICS,
} as const;

/** The name of a row. */
export type FrontendDiagnostic = keyof typeof FRONTEND_DIAGNOSTICS;
