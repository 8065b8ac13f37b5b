// Pins: files of the BPF file system that keep a program, map or link alive (BPF_OBJ_PIN, BPF_OBJ_GET; kernel/bpf/inode.c).
// A pin that was made here knows which file it is, so that it never removes another one of the same name.
import { lstatSync, mkdirSync, rmdirSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { DiagnosticError, uapi } from "@typebpf/abi";
import type { Pin } from "../../backend.ts";
import { Attr } from "../attr.ts";
import { errnos } from "../errno.ts";
import { Fd } from "../fd.ts";
import type { Memory, Sys } from "../sys.ts";
import { fsReason, pinCandidates, pinnedPathOf, pinPathOf, statOf } from "./bpffs.ts";
import { objectError, refusedBy } from "./diagnostics.ts";
import { fdFields, kindOfFd } from "./fdinfo.ts";
import { objectLayouts } from "./layouts.ts";

/** What can be pinned. */
export type PinnedKind = "program" | "map" | "link";

function pathMemory(sys: Sys, path: string): Memory {
  const bytes = new TextEncoder().encode(path);
  const memory = sys.allocate(bytes.length + 1);
  memory.bytes.set(bytes);
  return memory;
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (statOf(path)) throw objectError("pinRefused", { message: `${path} cannot be removed: ${fsReason(error)}` });
  }
}

/** Removes folders that were made for a pin, while they are empty. */
function removeFolders(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      rmdirSync(folder);
    } catch {
      // Somebody has put something there: it stays.
      return;
    }
  }
}

class MadePin implements Pin {
  readonly path: string;
  readonly #identity: string;
  readonly #folders: readonly string[];
  #there = true;

  constructor(path: string, folders: readonly string[]) {
    this.path = path;
    this.#identity = identityOf(path);
    this.#folders = folders;
  }

  unpin(): void {
    if (!this.#there) return;
    if (identityOf(this.path) === this.#identity) remove(this.path);
    this.#there = false;
    removeFolders(this.#folders);
  }

  [Symbol.dispose](): void {
    this.unpin();
  }
}

function identityOf(path: string): string {
  try {
    const { dev, ino } = lstatSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return "";
  }
}

/** Makes the folders above a path; gives those that were made, the innermost first. @throws DiagnosticError */
function makeFolders(path: string): readonly string[] {
  const missing: string[] = [];
  for (let folder = dirname(path); !statOf(folder); folder = dirname(folder)) missing.push(folder);
  const [innermost] = missing;
  if (innermost === undefined) return [];
  const dotted = missing.find((folder) => folder.slice(folder.lastIndexOf("/")).includes("."));
  if (dotted !== undefined)
    throw objectError("pinPath", { message: `${dotted} cannot be made: the BPF file system takes no dots in names` });
  try {
    mkdirSync(innermost, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw objectError("pinRefused", { message: `the folder ${innermost} cannot be made: ${fsReason(error)}` });
  }
  return missing;
}

function describeKind(kind: PinnedKind): string {
  return kind === "link" ? "a link" : `a ${kind}`;
}

/** What stands in the way of a pin, in words. */
function presentAt(sys: Sys, path: string): string {
  if (statOf(path)?.isDirectory()) return `${path} is a folder`;
  const found = openAny(sys, path);
  if (typeof found === "number") return `there is a file at ${path}`;
  using _ = found.fd;
  return `${describeKind(found.kind)} is pinned at ${path} already`;
}

/** Pins what a descriptor is of; folders above the path are made. `what` names it in errors. @throws DiagnosticError */
export function pinObject(sys: Sys, fd: number, given: string, what: string): Pin {
  const path = pinPathOf(given);
  if (statOf(path)) throw objectError("pinExists", { message: presentAt(sys, path) });
  const folders = makeFolders(path);
  const attr = new Attr(sys, objectLayouts.pin).set("pathname", pathMemory(sys, path)).set("bpf_fd", fd);
  const status = attr.call(uapi.command.OBJ_PIN);
  if (status >= 0) return new MadePin(path, folders);
  removeFolders(folders);
  if (status === -errnos.EEXIST) throw objectError("pinExists", { message: presentAt(sys, path) });
  throw refusedBy("pinRefused", `the kernel does not pin the ${what} at ${path}`, status);
}

/** An open pin. */
interface Opened {
  readonly kind: PinnedKind;
  readonly fd: Fd;
}

/** Opens whatever is pinned, or gives a negative errno. */
function openAny(sys: Sys, path: string): Opened | number {
  const status = new Attr(sys, objectLayouts.pin).set("pathname", pathMemory(sys, path)).call(uapi.command.OBJ_GET);
  if (status < 0) return status;
  const fd = new Fd(sys, status, path);
  const kind = kindOfFd(status);
  if (kind) return { kind, fd };
  fd[Symbol.dispose]();
  return -errnos.EINVAL;
}

/** Opens a pin of one kind. @throws DiagnosticError that says what is there instead. */
export function openPin(sys: Sys, kind: PinnedKind, given: string): Fd {
  const path = pinnedPathOf(given);
  const opened = openAny(sys, path);
  if (typeof opened === "number") {
    if (opened === -errnos.EACCES) {
      const message = `${path} cannot be opened: it is no pin, or this process may not`;
      throw objectError("pinRefused", { message, notes: ["the kernel answers EACCES"] });
    }
    throw refusedBy("pinRefused", `the kernel does not open ${path}`, opened);
  }
  if (opened.kind === kind) return opened.fd;
  opened.fd[Symbol.dispose]();
  throw objectError("pinKind", { message: `${path} is ${describeKind(opened.kind)}, not ${describeKind(kind)}` });
}

/** Removes a pin of one kind, whoever made it. What it holds goes on as long as somebody else holds it. @throws DiagnosticError */
export function unpin(sys: Sys, kind: PinnedKind, given: string): string {
  using fd = openPin(sys, kind, given);
  const path = pinnedPathOf(given);
  if (!fd.closed) remove(path);
  return path;
}

const idFields = { program: "prog_id", map: "map_id", link: "link_id" } as const;

/** The paths of all pins of a kind that this process can see, by id. */
export function pinsOf(sys: Sys, kind: PinnedKind): ReadonlyMap<number, readonly string[]> {
  const pins = new Map<number, string[]>();
  for (const path of pinCandidates()) {
    const opened = openAny(sys, path);
    if (typeof opened === "number") continue;
    using fd = opened.fd;
    const id = opened.kind === kind ? Number(fdFields(fd.number).get(idFields[kind])) : 0;
    if (id > 0) pins.set(id, [...(pins.get(id) ?? []), path]);
  }
  return pins;
}

/** Takes back pins after something else has failed: the last first, so that the folders made for them go as well. */
export function unpinAll(pins: readonly Pin[]): void {
  for (const pin of pins.toReversed()) {
    try {
      pin.unpin();
    } catch (error) {
      // What has failed before is told; a pin that stays is named by the next attempt.
      if (!(error instanceof DiagnosticError)) throw error;
    }
  }
}
