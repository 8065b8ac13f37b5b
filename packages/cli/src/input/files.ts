// Files in and out, with what goes wrong as diagnostics: missing, not a regular file, too large, not JSON, of the wrong
// form. Nothing is read by halves.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { DiagnosticError } from "@typebpf/abi";
import type { z } from "zod";
import { type CliDiagnosticName, cliDiagnostic, cliError } from "../diagnostics.ts";

/** The largest file that is read. */
const mostBytes = 1 << 28;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of the path is no folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left",
};

/** What an error of the file system means, in words. */
export function fileReason(error: unknown): string {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  return (code !== undefined ? reasons[code] : undefined) ?? code ?? "input or output error";
}

/** The bytes of a file. @throws DiagnosticError BPF6310, BPF6312 */
export function readBytes(path: string): Uint8Array {
  try {
    const found = statSync(path);
    if (!found.isFile()) throw cliError("unreadable", { message: `${path} is not a regular file` });
    if (found.size > mostBytes) {
      throw cliError("tooLarge", { message: `${path} has ${found.size} bytes; at most ${mostBytes} are read` });
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof DiagnosticError) throw error;
    throw cliError("unreadable", { message: `cannot read ${path || '""'}: ${fileReason(error)}` });
  }
}

/** Writes a file as a whole. @throws DiagnosticError BPF6311 */
export function writeBytes(path: string, data: Uint8Array | string): void {
  try {
    writeFileSync(path, data);
  } catch (error) {
    throw cliError("unwritable", { message: `cannot write ${path || '""'}: ${fileReason(error)}` });
  }
}

/** A place in a JSON file: `packets[3].after[0]`. */
export function jsonPath(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return text.replace(/^\./, "") || "the document";
}

const shownProblems = 5;

function parseText(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : "it is not UTF-8 text";
    throw cliError("notJson", { message: `${path} is not JSON`, notes: [why] });
  }
}

/** What a file that has the wrong form is reported as. */
export interface ShapeRows {
  readonly wrong: CliDiagnosticName;
  /** For fields that are not known. */
  readonly unknown: CliDiagnosticName;
}

/** Checks a value that came from a file. @throws DiagnosticError with the first places that are wrong. */
export function checkShape<T>(
  path: string,
  value: unknown,
  schema: z.ZodType<T>,
  what: string,
  rows: ShapeRows = { wrong: "wrongShape", unknown: "wrongShape" },
): T {
  let result: ReturnType<typeof schema.safeParse>;
  try {
    result = schema.safeParse(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw cliError(rows.wrong, { message: `${path} is no ${what}`, notes: ["it is nested too deeply"] });
  }
  if (result.success) return result.data;
  const { issues } = result.error;
  const notes = issues.slice(0, shownProblems).map((issue) => `${jsonPath(issue.path)}: ${issue.message}`);
  if (issues.length > shownProblems) notes.push(`and ${issues.length - shownProblems} more`);
  const row = issues.some((issue) => issue.code === "unrecognized_keys") ? rows.unknown : rows.wrong;
  throw new DiagnosticError([cliDiagnostic(row, { message: `${path} is no ${what}`, notes })]);
}

/** A JSON file of a known form. `what` names the form in messages. @throws DiagnosticError BPF6310–6314 */
export function readJson<T>(path: string, schema: z.ZodType<T>, what: string, rows?: ShapeRows): T {
  return checkShape(path, parseText(path, readBytes(path)), schema, what, rows);
}
