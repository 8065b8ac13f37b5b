// An initial RAM file system: a cpio archive in the "newc" format (Documentation/driver-api/early-userspace/
// buffer-format.rst), written to a file without a copy of the tree on disk.
//
//   "070701" | 13 fields of 8 hex digits | name, NUL, padded to 4 | data, padded to 4
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** A file of the archive. */
type Entry =
  | { readonly kind: "folder" }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "file"; readonly from: string; readonly executable: boolean }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly executable: boolean };

const modes = { folder: 0o040755, link: 0o120777, file: 0o100644, bytes: 0o100644 } as const;

/** Files by path, in the order of their folders; paths are absolute. */
export class Archive {
  readonly #entries = new Map<string, Entry>();

  #add(path: string, entry: Entry): void {
    const folder = dirname(path);
    if (folder !== "/" && !this.#entries.has(folder)) this.#add(folder, { kind: "folder" });
    if (!this.#entries.has(path)) this.#entries.set(path, entry);
  }

  folder(path: string): void {
    this.#add(path, { kind: "folder" });
  }

  link(path: string, target: string): void {
    this.#add(path, { kind: "link", target });
  }

  /** The bytes of a file of the host. The first file of a path stays. */
  file(path: string, from: string, executable = false): void {
    this.#add(path, { kind: "file", from, executable });
  }

  text(path: string, contents: string | Uint8Array, executable = false): void {
    this.#add(path, { kind: "bytes", bytes: Buffer.from(contents), executable });
  }

  /** Writes the archive; returns its size in bytes. */
  write(path: string): number {
    const out = openSync(path, "w");
    let size = 0;
    let inode = 1;
    const put = (bytes: Uint8Array): void => {
      writeSync(out, bytes);
      size += bytes.length;
      const rest = -size & 3;
      if (rest > 0) size += writeSync(out, new Uint8Array(rest));
    };
    for (const [name, entry] of this.#entries) {
      const data = contents(entry);
      put(header(inode++, name.slice(1), mode(entry), data.length));
      if (data.length > 0) put(data);
    }
    put(header(0, "TRAILER!!!", 0, 0));
    closeSync(out);
    return size;
  }
}

function contents(entry: Entry): Uint8Array {
  if (entry.kind === "folder") return new Uint8Array();
  if (entry.kind === "link") return Buffer.from(entry.target);
  return entry.kind === "file" ? readFileSync(entry.from) : entry.bytes;
}

function mode(entry: Entry): number {
  return "executable" in entry && entry.executable ? modes[entry.kind] | 0o111 : modes[entry.kind];
}

function header(inode: number, name: string, mode: number, size: number): Uint8Array {
  const length = Buffer.byteLength(name) + 1;
  const fields = [inode, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, length, 0];
  return Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}${name}\0`);
}
