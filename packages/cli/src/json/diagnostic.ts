// Diagnostics in JSON documents: the shape of `Diagnostic` in the abi package, field by field.
import type { Diagnostic } from "@typebpf/abi";
import { z } from "zod";

/** A range on one line of a source file; lines and columns count from 1. */
export const spanSchema = z.strictObject({
  file: z.string(),
  line: z.int().min(1),
  column: z.int().min(1),
  length: z.int().min(0),
});

/** One finding. */
export const diagnosticSchema = z.strictObject({
  code: z.string().regex(/^BPF\d{4}$/),
  severity: z.enum(["error", "warning", "note"]),
  message: z.string(),
  at: spanSchema.optional(),
  labels: z.array(z.strictObject({ at: spanSchema, message: z.string() })),
  notes: z.array(z.string()),
  help: z.string().optional(),
});

/** All findings of a command. */
export const diagnosticsSchema = z.array(diagnosticSchema);

/** Findings as a document has them: without properties that are undefined. */
export function diagnosticDocuments(diagnostics: readonly Diagnostic[]): z.infer<typeof diagnosticsSchema> {
  return diagnostics.map(({ code, severity, message, at, labels, notes, help }) => ({
    code,
    severity,
    message,
    ...(at && { at }),
    labels: labels.map((label) => ({ at: label.at, message: label.message })),
    notes: [...notes],
    ...(help !== undefined && { help }),
  }));
}
