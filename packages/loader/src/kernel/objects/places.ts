// Names for what links are attached to: interfaces of this network namespace and cgroups by id. The kernel tells an
// interface's index only, and each namespace counts its own; so an index gets a name only where the interface itself says
// that it runs that link. An id of a cgroup is the inode of its folder.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DiagnosticError, uapi } from "@typebpf/abi";
import { Attr, attrLayouts } from "../attr.ts";
import { Netlink, type NetworkInterface } from "../netlink.ts";
import type { Sys } from "../sys.ts";
import type { KernelLinkInfo } from "./link-info.ts";

const deepest = 32;
const mostLinks = 256;

/** Ids of the links at a hook of an interface (BPF_PROG_QUERY). */
function linksAt(sys: Sys, ifindex: number, attachType: number): readonly number[] {
  const [programs, links] = [sys.allocate(mostLinks * 4), sys.allocate(mostLinks * 4)];
  const attr = new Attr(sys, attrLayouts.programQuery);
  attr.set("target_ifindex", ifindex).set("attach_type", attachType).set("prog_cnt", mostLinks);
  attr.set("prog_ids", programs).set("link_ids", links);
  if (attr.call(uapi.command.PROG_QUERY) < 0) return [];
  const count = Math.min(mostLinks, attr.get("prog_cnt"));
  return Array.from({ length: count }, (_, index) => links.view.getUint32(index * 4, true));
}

function cgroupRoots(): readonly string[] {
  try {
    const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
    return lines.flatMap((line) => {
      const [left = "", right = ""] = line.split(" - ");
      const folder = left.split(" ")[4];
      return right.startsWith("cgroup2 ") && folder !== undefined ? [folder] : [];
    });
  } catch {
    return [];
  }
}

/** Folders of cgroups by the id that the kernel gives them. */
function cgroupFolders(): ReadonlyMap<bigint, string> {
  const folders = new Map<bigint, string>();
  const visit = (folder: string, depth: number): void => {
    try {
      folders.set(statSync(folder, { bigint: true }).ino, folder);
      const inner = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory());
      for (const { name } of depth < deepest ? inner : []) visit(join(folder, name), depth + 1);
    } catch {
      // A cgroup that has gone meanwhile, or may not be looked into.
    }
  };
  for (const root of new Set(cgroupRoots())) visit(root, 0);
  return folders;
}

function interfaces(sys: Sys): readonly NetworkInterface[] {
  try {
    using netlink = new Netlink(sys);
    return netlink.links();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return [];
  }
}

/** Finds names, and asks for what they are looked up in only once. */
export class Places {
  readonly #sys: Sys;
  #interfaces: readonly NetworkInterface[] | undefined;
  #cgroups: ReadonlyMap<bigint, string> | undefined;

  constructor(sys: Sys) {
    this.#sys = sys;
  }

  /** The interface or the cgroup's folder that a link is attached to; undefined where it is not seen from here. */
  nameOf({ id, programId, target }: KernelLinkInfo): string | undefined {
    if (target.kind === "cgroup") {
      this.#cgroups ??= cgroupFolders();
      return this.#cgroups.get(target.cgroupId);
    }
    if (target.kind !== "xdp" && target.kind !== "tcx" && target.kind !== "netkit") return undefined;
    this.#interfaces ??= interfaces(this.#sys);
    const device = this.#interfaces.find((one) => one.index === target.ifindex);
    if (!device) return undefined;
    if (target.kind === "xdp") return device.xdp?.programId === programId ? device.name : undefined;
    const numbers: Readonly<Record<string, number>> = uapi.attachType;
    const attachType = numbers[target.attachType.toUpperCase()] ?? 0;
    return linksAt(this.#sys, target.ifindex, attachType).includes(id) ? device.name : undefined;
  }
}
