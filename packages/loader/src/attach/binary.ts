// Programs and libraries to probe: a path, or a name that is looked for as the loader and the shell look for it. Functions are
// found in the file's symbol tables; the kernel wants the offset in the file.
import { existsSync, readFileSync, statSync } from "node:fs";
import { delimiter } from "node:path";
import { DiagnosticError, diagnostic, type Executable, fileOffsetOf, nearest, readExecutable } from "@typebpf/abi";
import { tracingDiagnostics } from "../kernel/tracing-diagnostics.ts";

/** An ELF file. */
export interface Binary {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: Executable;
}

const libraryFolders = [
  ...["x86_64", "aarch64"].flatMap((machine) => [`/lib/${machine}-linux-gnu`, `/usr/lib/${machine}-linux-gnu`]),
  ...["/lib64", "/usr/lib64", "/usr/local/lib", "/lib", "/usr/lib"],
];

/** A library of a process, by its memory map; the path holds in the process's own file system. */
function ofProcess(pid: number, name: string): string | undefined {
  try {
    const maps = readFileSync(`/proc/${pid}/maps`, "utf8").split("\n");
    const found = maps.map((line) => /(\/.*)$/.exec(line)?.[1]).find((path) => path?.endsWith(`/${name}`));
    return found === undefined ? undefined : `/proc/${pid}/root${found}`;
  } catch {
    return undefined;
  }
}

function pathOf(name: string, pid: number | undefined): string | undefined {
  if (name.includes("/")) return name;
  const own = pid === undefined ? undefined : ofProcess(pid, name);
  if (own !== undefined) return own;
  const isLibrary = /\.so(\.|$)/.test(name);
  const folders = isLibrary ? libraryFolders : (process.env.PATH ?? "/usr/bin:/bin").split(delimiter);
  return folders.map((folder) => `${folder}/${name}`).find((path) => existsSync(path) && statSync(path).isFile());
}

function refuse(message: string): never {
  throw new DiagnosticError([diagnostic(tracingDiagnostics.unknownBinary, { message })]);
}

/** Finds and reads a file. @throws DiagnosticError where there is none, or no ELF file */
export function openBinary(name: string, pid?: number): Binary {
  const path = pathOf(name, pid);
  if (path === undefined) refuse(`no program or library ${name} is found`);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch {
    return refuse(`${path} cannot be read`);
  }
  const executable = readExecutable(bytes);
  if (!executable) refuse(`${path} is no 64-bit ELF file`);
  return { path, bytes, executable };
}

function unknownFunction({ path, executable }: Binary, name: string): never {
  const near = nearest(
    name,
    executable.symbols.map((symbol) => symbol.name),
  );
  const help = near === undefined ? undefined : `did you mean ${near}?`;
  const details = { message: `${path} has no function ${name}`, ...(help !== undefined && { help }) };
  throw new DiagnosticError([diagnostic(tracingDiagnostics.unknownFunction, details)]);
}

/** A name and what is added to its address: "main+0x10". */
export function splitOffset(text: string): { readonly name: string; readonly offset: number } {
  const [, name = text, offset] = /^(.*?)\+(0x[0-9a-fA-F]+|\d+)$/.exec(text) ?? [];
  return { name, offset: offset === undefined ? 0 : Number(offset) };
}

/** The offset in the file of a function, "name" or "name+offset", or of an offset that is one already. @throws DiagnosticError */
export function functionOffset(binary: Binary, text: string): number {
  if (/^0x[0-9a-fA-F]+$/.test(text)) return Number(text);
  const { name, offset } = splitOffset(text);
  const { executable } = binary;
  const symbol = executable.symbols.find((one) => one.name === name) ?? unknownFunction(binary, name);
  return (fileOffsetOf(executable, symbol.address) ?? unknownFunction(binary, name)) + offset;
}

/** Whether a text is a pattern. */
function isPattern(text: string): boolean {
  return /[*?]/.test(text);
}

/** The names that a pattern with `*` and `?` stands for. */
export function matching(pattern: string, names: readonly string[]): readonly string[] {
  if (!isPattern(pattern)) return names.includes(pattern) ? [pattern] : [];
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  const expression = new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
  return names.filter((name) => expression.test(name));
}

/** The offsets in the file of all functions that names and patterns stand for. @throws DiagnosticError where one has none */
export function functionOffsets(binary: Binary, wanted: readonly string[]): readonly number[] {
  const names = binary.executable.symbols.map(({ name }) => name);
  const found = wanted.flatMap((text) => {
    if (!isPattern(text)) return [functionOffset(binary, text)];
    const all = matching(text, names);
    return all.length > 0 ? all.map((name) => functionOffset(binary, name)) : unknownFunction(binary, text);
  });
  return [...new Set(found)];
}

/** A probe that a file declares: where it is, and where the count of its users is, which the kernel keeps. */
export interface DeclaredProbe {
  readonly provider: string;
  readonly name: string;
  readonly offset: number;
  /** 0 where it has none. */
  readonly semaphore: number;
}

const noteHeader = 12;
const ours = "stapsdt\0";

function textAt(bytes: Uint8Array, start: number): string {
  const end = bytes.indexOf(0, start);
  return new TextDecoder().decode(bytes.subarray(start, end < 0 ? bytes.length : end));
}

/** The section headers that probes need: of notes, and of the address that they were linked for. */
function noteSections(bytes: Uint8Array): {
  readonly notes: readonly (readonly [number, number])[];
  readonly base: number;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [table, size, count] = [
    Number(view.getBigUint64(40, true)),
    view.getUint16(58, true),
    view.getUint16(60, true),
  ];
  const at = Array.from({ length: count }, (_, index) => table + index * size).filter(
    (one) => one + 64 <= bytes.length,
  );
  const long = (one: number, offset: number): number => Number(view.getBigUint64(one + offset, true));
  const names = at[view.getUint16(62, true)];
  const nameOf = (one: number): string =>
    names === undefined ? "" : textAt(bytes, long(names, 24) + view.getUint32(one, true));
  const base = at.find((one) => nameOf(one) === ".stapsdt.base");
  const notes = at
    .filter((one) => nameOf(one) === ".note.stapsdt")
    .map((one) => [long(one, 24), long(one, 32)] as const);
  return { notes, base: base === undefined ? 0 : long(base, 16) };
}

/** The probes that a file declares (`.note.stapsdt`; sys/sdt.h of SystemTap). */
export function declaredProbes({ bytes, executable }: Binary): readonly DeclaredProbe[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { notes, base } = noteSections(bytes);
  const found: DeclaredProbe[] = [];
  for (const [start, size] of notes) {
    const end = Math.min(start + size, bytes.length);
    for (let at = start; at + noteHeader <= end; ) {
      const [nameSize, dataSize] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
      const data = at + noteHeader + Math.ceil(nameSize / 4) * 4;
      const next = data + Math.ceil(dataSize / 4) * 4;
      if (next > end || dataSize < 26) break;
      const isProbe = new TextDecoder().decode(bytes.subarray(at + noteHeader, at + noteHeader + nameSize)) === ours;
      at = next;
      if (!isProbe) continue;
      const address = (offset: number): number => Number(view.getBigUint64(data + offset, true));
      // The file may have been moved since it was linked: then its base lies elsewhere than the note says.
      const moved = base === 0 ? 0 : base - address(8);
      const provider = textAt(bytes, data + 24);
      const name = textAt(bytes, data + 24 + provider.length + 1);
      const offset = fileOffsetOf(executable, address(0) + moved);
      const semaphore = address(16) === 0 ? 0 : (fileOffsetOf(executable, address(16) + moved) ?? 0);
      if (offset !== undefined) found.push({ provider, name, offset, semaphore });
    }
  }
  return found;
}
