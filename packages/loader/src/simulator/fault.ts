// A fault: what stops a simulated program. Thrown inside of the simulator only; the machine turns it into a diagnostic
// with the TypeScript line of the instruction.
import type { LoaderDiagnosticName } from "../diagnostics.ts";

/** Stops the program. `notes` explain what was where; `slot` is filled in by the machine. */
export class Fault extends Error {
  readonly diagnostic: LoaderDiagnosticName;
  readonly notes: readonly string[];
  constructor(diagnostic: LoaderDiagnosticName, message: string, notes: readonly string[] = []) {
    super(message);
    this.name = "Fault";
    this.diagnostic = diagnostic;
    this.notes = notes;
  }
}
