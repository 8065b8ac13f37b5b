// Reads the author's modules, from the file system or from texts given, and names them as users see them: relative to
// the nearest package.json of the entry module, with `/`, so that what is compiled does not depend on the machine.
import { readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Diagnostic } from "@typebpf/abi";
import { diagnostic } from "@typebpf/abi";
import { frontendDiagnostics } from "../diagnostics.ts";

/** Largest module in bytes; far beyond what a filter needs. */
export const MAX_SOURCE_BYTES = 1 << 20;

/** Where modules come from. Paths are absolute, with `/`. */
export interface SourceFiles {
  /** Directory that spans are relative to. */
  readonly root: string;
  readonly entry: string;
  exists(path: string): boolean;
  /** The text of a module, or why there is none. */
  read(path: string): string | Diagnostic;
  /** The path as users see it. */
  shown(path: string): string;
}

/** Absolute, with `/` on every system. */
export function normalizePath(path: string): string {
  return resolve(path).split(sep).join("/");
}

/**
 * Source files around an entry module; `virtual` holds texts by path that take precedence over the file system. Paths that
 * were looked for, there or not, are added to `asked`.
 */
export function openSourceFiles(
  entryPath: string,
  virtual: ReadonlyMap<string, string> = new Map(),
  asked: Set<string> = new Set(),
): SourceFiles {
  const given = new Map([...virtual].map(([path, text]) => [normalizePath(path), text]));
  const entry = normalizePath(entryPath);
  const root = packageRoot(entry, (path) => given.has(normalizePath(path)) || isFile(path));
  const shown = (path: string): string => relative(root, path).split(sep).join("/");
  return {
    root,
    entry,
    exists: (path) => {
      asked.add(path);
      return given.has(path) || isFile(path);
    },
    read(path) {
      asked.add(path);
      const text = given.get(path);
      return text ?? readText(path, shown(path));
    },
    shown,
  };
}

function packageRoot(entry: string, exists: (path: string) => boolean): string {
  const start = dirname(entry);
  for (let folder = start; ; folder = dirname(folder)) {
    if (exists(join(folder, "package.json"))) return folder;
    if (dirname(folder) === folder) return start;
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function readText(path: string, shown: string): string | Diagnostic {
  const { unreadable, notText } = frontendDiagnostics;
  let bytes: Uint8Array;
  try {
    const found = statSync(path);
    if (!found.isFile()) return diagnostic(unreadable, { message: `${shown} is not a file` });
    if (found.size > MAX_SOURCE_BYTES) {
      return diagnostic(notText, { message: `${shown} is larger than ${MAX_SOURCE_BYTES} bytes` });
    }
    bytes = readFileSync(path);
  } catch (error) {
    return diagnostic(unreadable, { message: `cannot read ${shown}: ${reason(error)}` });
  }
  if (bytes.includes(0)) return diagnostic(notText, { message: `${shown} is not text: it has a zero byte` });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return diagnostic(notText, { message: `${shown} is not UTF-8 text` });
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return "there is no such file";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  return typeof code === "string" ? code : "input error";
}
