// The BPF file system as files: where it is mounted, which paths can be pins, and what is pinned. Names with dots belong to
// the kernel's own files there (bpf_lookup in kernel/bpf/inode.c). Nothing here asks bpf(2).
import { lstatSync, readdirSync, readFileSync, type Stats, statfsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { objectError } from "./diagnostics.ts";

/** `BPF_FS_MAGIC` of include/uapi/linux/magic.h */
const magic = 0xcafe4a11;
const longestName = 255;
const longestPath = 4095;
/** Files that one look at what is pinned takes at most. */
const mostFiles = 1 << 16;
const deepest = 32;

const fileReasons: Readonly<Record<string, string>> = {
  EACCES: "this process may not look there",
  ENOTDIR: "a part of the path is no folder",
  ELOOP: "the path has too many symbolic links",
};

/** Why the file system refuses, in words. */
export function fsReason(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown error";
  return fileReasons[code] ?? code;
}

/** The BPF file system answers EPERM for each name with a dot that it does not have. */
function isMissing(error: unknown, path: string): boolean {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : "";
  return code === "ENOENT" || (code === "EPERM" && path.includes("."));
}

/** What is at a path, without following it; undefined where there is nothing. @throws DiagnosticError where it may not be looked. */
export function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (isMissing(error, path)) return undefined;
    throw objectError("pinRefused", { message: `${path}: ${fsReason(error)}` });
  }
}

/** Whether a path, which is there, is on a BPF file system. */
export function isOnBpffs(path: string): boolean {
  try {
    return statfsSync(path).type === magic;
  } catch {
    return false;
  }
}

/** The nearest folder above a path that is there. */
function nearestFolder(path: string): string {
  let folder = dirname(path);
  while (folder !== dirname(folder) && !statOf(folder)) folder = dirname(folder);
  return folder;
}

/** The absolute form of a path that can be a pin. @throws DiagnosticError that says why it can be none. */
export function pinPathOf(given: string): string {
  const fits = typeof given === "string" && given !== "" && !given.includes("\0");
  if (!fits) throw objectError("pinPath", { message: "the path of a pin is text, not empty, without a zero" });
  const path = resolve(given);
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  const shown = path.length > 80 ? `${path.slice(0, 77)}…` : path;
  if (path.split("/").some((part) => bytes(part) > longestName) || bytes(path) > longestPath)
    throw objectError("pinPath", { message: `${shown} is too long` });
  const folder = statOf(path) ? path : nearestFolder(path);
  if (!isOnBpffs(folder)) {
    const near = folder === path || folder === dirname(path);
    const missing = near ? `${folder} is not on a BPF file system` : `there is no ${dirname(path)}`;
    throw objectError("notBpffs", { message: `nothing can be pinned at ${shown}: ${missing}` });
  }
  const name = basename(path);
  if (name.includes(".") && folder !== path) {
    const message = `nothing can be pinned at ${shown}: the BPF file system takes no dots in names`;
    throw objectError("pinPath", { message, help: `for example: ${join(dirname(path), name.replaceAll(".", "_"))}` });
  }
  return path;
}

/** A path under which something is pinned. @throws DiagnosticError that says what is there instead. */
export function pinnedPathOf(given: string): string {
  const fits = typeof given === "string" && given !== "" && !given.includes("\0");
  if (!fits) throw objectError("pinPath", { message: "the path of a pin is text, not empty, without a zero" });
  const path = resolve(given);
  const found = statOf(path);
  if (!found) {
    if (!isOnBpffs(nearestFolder(path)))
      throw objectError("notBpffs", { message: `${path} is not there, and would not be on a BPF file system` });
    throw objectError("pinMissing", { message: `nothing is pinned at ${path}` });
  }
  if (!found.isSymbolicLink() && !isOnBpffs(path))
    throw objectError("notBpffs", { message: `${path} is not on a BPF file system` });
  if (found.isDirectory()) throw objectError("pinMissing", { message: `${path} is a folder, not a pin` });
  return path;
}

/** Folders where BPF file systems are mounted in this process's mount namespace. */
export function bpffsMounts(): readonly string[] {
  let lines: readonly string[];
  try {
    lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  } catch {
    return [];
  }
  return lines.flatMap((line) => {
    const [left = "", right = ""] = line.split(" - ");
    const folder = left.split(" ")[4];
    if (right.split(" ")[0] !== "bpf" || folder === undefined) return [];
    // Spaces and backslashes are written in octal (man 5 proc).
    return [folder.replace(/\\(\d{3})/gu, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))];
  });
}

/** Files that may be pins, in all mounted BPF file systems. */
export function pinCandidates(): readonly string[] {
  const files: string[] = [];
  const visit = (folder: string, depth: number): void => {
    let entries: ReturnType<typeof readNames>;
    try {
      entries = readNames(folder);
    } catch {
      // Folders that may not be read are not ours to tell about.
      return;
    }
    for (const entry of entries) {
      if (files.length >= mostFiles) return;
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth < deepest) visit(path, depth + 1);
      else if (entry.isFile()) files.push(path);
    }
  };
  for (const mount of new Set(bpffsMounts())) visit(mount, 0);
  return files;
}

function readNames(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}
