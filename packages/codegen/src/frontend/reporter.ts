// Collects diagnostics. The same finding at the same place is kept once, since functions are converted once per list of
// argument types.
import { type Diagnostic, type DiagnosticDetails, diagnostic, type Span } from "@typebpf/abi";
import type { ts } from "ts-morph";
import { type FrontendDiagnostic, frontendDiagnostics } from "../diagnostics.ts";
import type { Spans } from "./spans.ts";

/** What a finding may say beyond its row. */
export type ReportDetails = Omit<DiagnosticDetails, "at">;

/** Takes findings. */
export interface Reporter {
  readonly spans: Spans;
  report(name: FrontendDiagnostic, at: ts.Node | Span, details?: ReportDetails): void;
  add(finding: Diagnostic): void;
  /** Everything reported so far, by place. */
  all(): readonly Diagnostic[];
}

/** An empty reporter. */
export function createReporter(spans: Spans): Reporter {
  const found = new Map<string, Diagnostic>();
  const add = (one: Diagnostic): void => {
    const key = `${one.code} ${one.at?.file}:${one.at?.line}:${one.at?.column} ${one.message}`;
    if (!found.has(key)) found.set(key, one);
  };
  return {
    spans,
    add,
    report(name, at, details = {}) {
      const span = "kind" in at ? spans.of(at) : at;
      add(diagnostic(frontendDiagnostics[name], { ...details, at: span }));
    },
    all: () => [...found.values()].sort(byPlace),
  };
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (!a.at || !b.at) return a.at ? 1 : b.at ? -1 : 0;
  if (a.at.file !== b.at.file) return a.at.file < b.at.file ? -1 : 1;
  return a.at.line - b.at.line || a.at.column - b.at.column;
}
