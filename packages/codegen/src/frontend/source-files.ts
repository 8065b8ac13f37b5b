// Reads the author's modules, from the file system or from texts given, and names them as users see them: relative to
// the nearest package.json of the entry module, with `/`, so that what is compiled does not depend on the machine.
import { readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Diagnostic } from "@typebpf/abi";
import { diagnostic } from "@typebpf/abi";
import { frontendDiagnostics } from "../diagnostics.ts";

/** Largest module in bytes; far beyond what a filter needs. */
export const MAX_SOURCE_BYTES = 1 << 20;

/** What was found under a path that was looked for: the result of a compilation depends on all of these. */
export type Input =
  | { readonly kind: "text"; readonly path: string; readonly text: string }
  | { readonly kind: "absent"; readonly path: string }
  /** There, but no text that can be compiled. */
  | { readonly kind: "unreadable"; readonly path: string };

/** Where modules come from. Paths are absolute, with `/`. Each is looked at once, so that all of a compilation agrees. */
export interface SourceFiles {
  /** Directory that spans are relative to. */
  readonly root: string;
  readonly entry: string;
  exists(path: string): boolean;
  /** The text of a module, or why there is none. */
  read(path: string): string | Diagnostic;
  /** The path as users see it. */
  shown(path: string): string;
  /** True where there is nothing at all. */
  isAbsent(path: string): boolean;
  /** Everything that was looked for so far. */
  inputs(): readonly Input[];
}

/** Absolute, with `/` on every system. */
export function normalizePath(path: string): string {
  return resolve(path).split(sep).join("/");
}

interface Found {
  readonly input: Input;
  readonly isFile: boolean;
  /** Why there is no text. */
  readonly problem?: Diagnostic;
}

/** Source files around an entry module; `virtual` holds texts by path that take precedence over the file system. */
export function openSourceFiles(entryPath: string, virtual: ReadonlyMap<string, string> = new Map()): SourceFiles {
  const given = new Map([...virtual].map(([path, text]) => [normalizePath(path), text]));
  const entry = normalizePath(entryPath);
  const root = packageRoot(entry, (path) => given.has(normalizePath(path)) || isFile(path));
  const shown = (path: string): string => relative(root, path).split(sep).join("/");
  const known = new Map<string, Found>();
  const look = (path: string): Found => {
    const before = known.get(path);
    if (before) return before;
    const text = given.get(path);
    const found = text === undefined ? readFound(path, shown(path)) : textFound(path, text);
    known.set(path, found);
    return found;
  };
  return {
    root,
    entry,
    exists: (path) => look(path).isFile,
    read(path) {
      const { input, problem } = look(path);
      if (input.kind === "text") return input.text;
      return problem ?? diagnostic(frontendDiagnostics.unreadable, { message: `cannot read ${shown(path)}` });
    },
    shown,
    isAbsent: (path) => look(path).input.kind === "absent",
    inputs: () => Array.from(known.values(), ({ input }) => input),
  };
}

/** True where everything is as it was when the inputs were read, for the same entry module. */
export function unchanged(files: SourceFiles, inputs: readonly Input[]): boolean {
  return inputs.every((input) => {
    if (input.kind === "unreadable") return false;
    const text = files.read(input.path);
    return input.kind === "text" ? text === input.text : files.isAbsent(input.path);
  });
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

function textFound(path: string, text: string): Found {
  return { input: { kind: "text", path, text }, isFile: true };
}

function readFound(path: string, shown: string): Found {
  const { unreadable, notText } = frontendDiagnostics;
  const useless = (isFile: boolean, problem: Diagnostic): Found => ({
    input: { kind: "unreadable", path },
    isFile,
    problem,
  });
  let bytes: Uint8Array;
  try {
    const found = statSync(path);
    if (!found.isFile()) return useless(false, diagnostic(unreadable, { message: `${shown} is not a file` }));
    if (found.size > MAX_SOURCE_BYTES) {
      const message = `${shown} is larger than ${MAX_SOURCE_BYTES} bytes`;
      return useless(true, diagnostic(notText, { message }));
    }
    bytes = readFileSync(path);
  } catch (error) {
    const problem = diagnostic(unreadable, { message: `cannot read ${shown}: ${reason(error)}` });
    if (isMissing(error)) return { input: { kind: "absent", path }, isFile: false, problem };
    return useless(isFile(path), problem);
  }
  if (bytes.includes(0)) {
    return useless(true, diagnostic(notText, { message: `${shown} is not text: it has a zero byte` }));
  }
  try {
    return textFound(path, new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return useless(true, diagnostic(notText, { message: `${shown} is not UTF-8 text` }));
  }
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

function reason(error: unknown): string {
  if (isMissing(error)) return "there is no such file";
  const code = errorCode(error);
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  return typeof code === "string" ? code : "input error";
}
