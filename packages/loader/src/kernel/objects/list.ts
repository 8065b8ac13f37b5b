// Lists of what the kernel holds: all programs, maps and links of the machine that this process may see. What goes while
// it is looked at is left out; types that are not known here are listed by their numbers.
import { openSys, type Sys } from "../sys.ts";
import { BtfCache } from "./btf.ts";
import { type Holder, holdersOf } from "./fdinfo.ts";
import { objectIds, openById } from "./ids.ts";
import { type KernelLinkInfo, readLink } from "./link-info.ts";
import { type KernelMapInfo, readMap } from "./map-info.ts";
import { type PinnedKind, pinsOf } from "./pin.ts";
import { Places } from "./places.ts";
import { type KernelProgramInfo, readProgram } from "./program-info.ts";

/** What keeps an object alive, as far as it is seen from here. */
export interface HeldBy {
  /** Processes with a descriptor of it. */
  readonly holders: readonly Holder[];
  /** Paths of its pins. */
  readonly pins: readonly string[];
}

/** A program with what keeps it. */
export type ListedProgram = KernelProgramInfo & HeldBy;
/** A map with what keeps it. */
export type ListedMap = KernelMapInfo & HeldBy;
/** A link with what keeps it; `place` is the interface or cgroup that it is attached to, where that is seen from here. */
export type ListedLink = KernelLinkInfo & HeldBy & { readonly place: string | undefined };

function listed<T extends { readonly id: number }>(
  sys: Sys,
  kind: PinnedKind,
  read: (fd: number) => T | number,
): readonly (T & HeldBy)[] {
  const infos: T[] = [];
  for (const id of objectIds(sys, kind)) {
    using fd = openById(sys, kind, id);
    const info = fd && read(fd.number);
    if (typeof info === "object") infos.push(info);
  }
  const [holders, pins] = [holdersOf(kind), pinsOf(sys, kind)];
  return infos.map((info) => ({ ...info, holders: holders.get(info.id) ?? [], pins: pins.get(info.id) ?? [] }));
}

/** All programs by rising id. @throws DiagnosticError without the privilege to look (CAP_SYS_ADMIN) */
export async function listPrograms(): Promise<readonly ListedProgram[]> {
  const sys = await openSys();
  const btf = new BtfCache(sys);
  return listed(sys, "program", (fd) => readProgram(sys, fd, btf));
}

/** All maps by rising id. @throws DiagnosticError without the privilege to look (CAP_SYS_ADMIN) */
export async function listMaps(): Promise<readonly ListedMap[]> {
  const sys = await openSys();
  return listed(sys, "map", (fd) => readMap(sys, fd));
}

/** All links by rising id. @throws DiagnosticError without the privilege to look (CAP_SYS_ADMIN) */
export async function listLinks(): Promise<readonly ListedLink[]> {
  const sys = await openSys();
  const places = new Places(sys);
  return listed(sys, "link", (fd) => readLink(sys, fd)).map((link) => ({ ...link, place: places.nameOf(link) }));
}
