// Results of compiling, kept by content: an unchanged filter is not compiled again, and then the compiler is not even
// loaded. A result counts while the compiler, the options and everything that was read or looked for are the same. The
// cache costs nothing but time when it fails: what cannot be read or written is compiled.

import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Input } from "@typebpf/codegen";
import { openSourceFiles, type SourceFiles } from "@typebpf/codegen/source-files";
import { compilerIdentity } from "./compiler-identity.ts";
import { type Entry, entryText, type KeptInput, parseEntry, sha256 } from "./entry.ts";
import { cacheFolder } from "./location.ts";

/** Options that change what a filter compiles to. */
export interface CacheKey {
  readonly level: number;
  readonly targetKernel: string;
  readonly directMapValues: boolean;
}

/** The kept result of one filter with one set of options. */
export interface ResultCache {
  /** The result, where there is one that still counts. */
  read(): Omit<Entry, "inputs"> | undefined;
  write(result: Omit<Entry, "inputs"> & { readonly inputs: readonly Input[] }): void;
}

const mostBytes = 1 << 26;
const mostEntries = 256;

/** Findings that say something of this process, not of the filter: the size of its stack, a bug. */
const passing: ReadonlySet<string> = new Set(["BPF1015", "BPF1999"]);

/** The cache of the filter at `path`; undefined where nothing is kept. */
export function openCache(path: string, key: CacheKey): ResultCache | undefined {
  const files = openSourceFiles(path);
  const folder = cacheFolder(files.root);
  if (folder === undefined) return undefined;
  const { level, targetKernel, directMapValues } = key;
  const filter = files.shown(files.entry);
  const name = sha256(JSON.stringify([compilerIdentity(), level, targetKernel, directMapValues, filter]));
  const file = join(folder, `${name}.json`);
  return {
    read() {
      const text = readOwn(file);
      const entry = text === undefined ? undefined : parseEntry(text);
      if (!entry?.inputs.some((input) => join(files.root, input.path) === join(files.entry))) return undefined;
      return entry.inputs.every((input) => holds(input, files)) ? entry : undefined;
    },
    write({ inputs, diagnostics, object }) {
      const kept = inputs.flatMap((input) => keptInput(input, files.root) ?? []);
      if (kept.length < inputs.length || diagnostics.some(({ code }) => passing.has(code))) return;
      writeOwn(file, entryText({ inputs: kept, diagnostics, ...(object && { object }) }));
    },
  };
}

function keptInput(input: Input, root: string): KeptInput | undefined {
  if (input.kind === "unreadable") return undefined;
  const path = relative(root, input.path).replaceAll("\\", "/");
  return { path, sha256: input.kind === "text" ? sha256(input.text) : null };
}

function holds(input: KeptInput, files: SourceFiles): boolean {
  const path = join(files.root, input.path).replaceAll("\\", "/");
  const text = files.read(path);
  if (input.sha256 === null) return files.isAbsent(path);
  return typeof text === "string" && sha256(text) === input.sha256;
}

/** True for what this user, or root, has written and nobody else may write; systems without users have no such thing. */
function isTrusted({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  const own = process.getuid?.();
  return own === undefined || ((uid === own || uid === 0) && (mode & 0o022) === 0);
}

function readOwn(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch {
    return undefined;
  }
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile() || found.size > mostBytes || !isTrusted(found)) return undefined;
    return readFileSync(descriptor, "utf8");
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** True where the nearest folder that there is belongs to this user: root leaves no files in the folders of others. */
function mayWrite(folder: string): boolean {
  const own = process.getuid?.();
  if (own === undefined) return true;
  for (let at = folder; ; at = dirname(at)) {
    const found = statSync(at, { throwIfNoEntry: false });
    if (found) return found.uid === own;
    if (dirname(at) === at) return false;
  }
}

/** Writes beside the entry and renames, so that a reader sees a whole one whoever else writes. */
function writeOwn(file: string, text: string): void {
  const folder = dirname(file);
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    if (!mayWrite(folder)) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    prune(folder);
    writeFileSync(draft, text, { mode: 0o600, flag: "wx" });
    try {
      renameSync(draft, file);
    } catch {
      rmSync(draft, { force: true });
    }
  } catch {
    // A full or read-only disk, a file in the place of the folder: then nothing is kept.
  }
}

/** Removes the oldest entries where there are too many. */
function prune(folder: string): void {
  const names = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.json/.test(name));
  if (names.length < mostEntries) return;
  const aged = names.map((name) => {
    const path = join(folder, name);
    return { path, time: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
  });
  aged.sort((left, right) => left.time - right.time);
  for (const { path } of aged.slice(0, mostEntries / 2)) rmSync(path, { force: true });
}
