// One kept result: what a filter compiled to, and the digests of everything that was read for it. A line with the digest of
// the rest stands first, so that what was cut off is noticed; the rest is checked like any file from elsewhere.
import { createHash } from "node:crypto";
import type { BpfObject, Diagnostic } from "@typebpf/abi";
import { z } from "zod";
import { diagnosticDocuments, diagnosticsSchema } from "../json/diagnostic.ts";
import { objectSchema } from "../json/object.ts";

/** A file that was looked for; its path is relative to the package, `sha256` of its text, or null where there was none. */
export interface KeptInput {
  readonly path: string;
  readonly sha256: string | null;
}

/** A result with what it depends on. */
export interface Entry {
  readonly inputs: readonly KeptInput[];
  readonly diagnostics: readonly Diagnostic[];
  readonly object?: BpfObject;
}

const digest = /^[0-9a-f]{64}$/;

const entrySchema = z.strictObject({
  inputs: z.array(z.strictObject({ path: z.string(), sha256: z.string().regex(digest).nullable() })).max(10_000),
  diagnostics: diagnosticsSchema,
  object: objectSchema.optional(),
});

/** SHA-256 of a text, in hex. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The text of an entry; `parseEntry` gives the entry back. */
export function entryText({ inputs, diagnostics, object }: Entry): string {
  const body = JSON.stringify({ inputs, diagnostics: diagnosticDocuments(diagnostics), ...(object && { object }) });
  return `${sha256(body)}\n${body}`;
}

/** An entry from its text; undefined for anything that is none. */
export function parseEntry(text: string): Entry | undefined {
  const end = text.indexOf("\n");
  const body = text.slice(end + 1);
  if (end !== 64 || text.slice(0, end) !== sha256(body)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const found = checked(value);
  if (!found) return undefined;
  const { inputs, diagnostics, object } = found;
  // An entry without an object says why.
  if (!object && !diagnostics.some(({ severity }) => severity === "error")) return undefined;
  return { inputs, diagnostics: diagnostics as readonly Diagnostic[], ...(object && { object }) };
}

function checked(value: unknown): z.infer<typeof entrySchema> | undefined {
  try {
    return entrySchema.safeParse(value).data;
  } catch (error) {
    // Nested too deeply.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
