// What procfs tells about descriptors of BPF objects: the memory that an object takes, and which processes hold it
// (/proc/PID/fdinfo, man 5 proc). Processes that end while they are looked at, or may not be looked at, are passed over.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process that has a descriptor of an object. */
export interface Holder {
  readonly pid: number;
  /** The name of its command, at most 15 bytes. */
  readonly command: string;
}

/** Fields of /proc/self/fdinfo by name: "memlock", "frozen". */
export function fdFields(fd: number, pid: number | "self" = "self"): ReadonlyMap<string, string> {
  try {
    const lines = readFileSync(`/proc/${pid}/fdinfo/${fd}`, "utf8").split("\n");
    return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
  } catch {
    // No procfs, or the descriptor has gone: nothing is known.
    return new Map();
  }
}

/** Bytes of memory that the object behind one of our descriptors takes; undefined where that is not told. */
export function memoryOf(fd: number): number | undefined {
  const text = fdFields(fd).get("memlock");
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** What stands behind a descriptor, by what its link in procfs says. */
export function kindOfFd(fd: number, pid: number | "self" = "self"): "program" | "map" | "link" | undefined {
  let target: string;
  try {
    target = readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return undefined;
  }
  const [, word] = /^anon_inode:\[?bpf[-_](prog|map|link)\]?$/u.exec(target) ?? [];
  return word === "prog" ? "program" : word === "map" || word === "link" ? word : undefined;
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trimEnd();
  } catch {
    return "";
  }
}

const idFields = { program: "prog_id", map: "map_id", link: "link_id" } as const;

/** Who holds objects of a kind, by id of the object. */
export function holdersOf(kind: keyof typeof idFields): ReadonlyMap<number, readonly Holder[]> {
  const holders = new Map<number, Holder[]>();
  for (const pid of entries("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    const ids = new Set<number>();
    for (const fd of entries(`/proc/${pid}/fd`).map(Number)) {
      if (kindOfFd(fd, pid) !== kind) continue;
      const id = Number(fdFields(fd, pid).get(idFields[kind]));
      if (id > 0) ids.add(id);
    }
    if (ids.size === 0) continue;
    const holder = { pid, command: commandOf(pid) };
    for (const id of ids) holders.set(id, [...(holders.get(id) ?? []), holder]);
  }
  return holders;
}
