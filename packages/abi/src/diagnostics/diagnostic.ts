// The one shape of every error, warning and note, in every package. Codes are stable and explicit:
// 1xxx language, 2xxx types and layout, 3xxx target and limits, 4xxx verifier, 5xxx object, 6xxx load, attach, input.
import type { Span } from "./span.ts";

export type DiagnosticCode = `BPF${number}`;

export type Severity = "error" | "warning" | "note";

/** A second place that matters for the diagnostic, with what it has to do with it. */
export interface DiagnosticLabel {
  readonly at: Span;
  readonly message: string;
}

/** One finding, as plain data. `at` is absent where no source is involved (a missing privilege, a bad flag). */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly at?: Span;
  readonly labels: readonly DiagnosticLabel[];
  /** Facts that explain the finding. */
  readonly notes: readonly string[];
  /** What to write or do instead; always present on errors. */
  readonly help?: string;
}

/** One row of a package's catalogue. `explain` is the page that `typebpf explain CODE` shows. */
export interface DiagnosticRow {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** Short title, without the values of one occurrence. */
  readonly title: string;
  /** Why this is refused: one or two sentences. */
  readonly explain: string;
  /** The default cure. */
  readonly help: string;
}

/** What may be added to a row where it is raised. */
export interface DiagnosticDetails {
  readonly message?: string;
  readonly at?: Span;
  readonly labels?: readonly DiagnosticLabel[];
  readonly notes?: readonly string[];
  readonly help?: string;
}

/** Makes a diagnostic from its catalogue row and what is known at this occurrence. */
export function diagnostic(row: DiagnosticRow, details: DiagnosticDetails = {}): Diagnostic {
  return {
    code: row.code,
    severity: row.severity,
    message: details.message ?? row.title,
    ...(details.at && { at: details.at }),
    labels: details.labels ?? [],
    notes: details.notes ?? [],
    help: details.help ?? row.help,
  };
}

/** True when at least one diagnostic is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((one) => one.severity === "error");
}

/** An error that carries diagnostics: what the throwing entry points (`load`, map handles) throw, and nothing else. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((one) => `${one.code}: ${one.message}${one.help ? ` (${one.help})` : ""}`).join("\n"));
    this.name = "DiagnosticError";
    this.diagnostics = diagnostics;
  }
}
