// What the virtual machine needs from the host: programs by name and the package of each; what is missing is named all
// at once, with the line that installs it.
import { execFileSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** A reason to stop that the user can do something about. */
export class Unprepared extends Error {}

/** Host programs and the Debian package that brings each. */
const hostTools: Readonly<Record<string, string>> = {
  "qemu-system-x86_64": "qemu-system-x86",
  busybox: "busybox-static",
  "dpkg-deb": "dpkg",
  "apt-get": "apt",
  ldd: "libc-bin",
  xz: "xz-utils",
};

/** Programs that run in the guest, beside those that it can do without. */
export const guestTools: Readonly<Record<string, string>> = {
  ip: "iproute2",
  tc: "iproute2",
  ping: "iputils-ping",
  mount: "mount",
  umount: "mount",
  setpriv: "util-linux",
};

/** Taken along where the host has them. */
export const optionalGuestTools: readonly string[] = ["bpftool", "tcpdump", "nsenter"];

/** Where a program is, with links resolved; undefined where the host has none. */
export function find(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  return found && realpathSync(found);
}

/** The place of a program that `requireTools` has seen. */
export function place(name: string): string {
  const found = find(name);
  if (!found) throw new Error(`vm/tools: ${name} has gone`);
  return found;
}

/** @throws Unprepared that names everything that is missing. */
export function requireTools(): void {
  const missing = Object.entries({ ...hostTools, ...guestTools }).filter(([name]) => !find(name));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, from]) => from))];
  throw new Unprepared(
    `not here: ${missing.map(([name]) => name).join(", ")}\n  apt-get install -y --no-install-recommends ${packages.join(" ")}`,
  );
}

/** The shared libraries of a program or a library, as the host's dynamic linker finds them. */
export function libraries(path: string): readonly string[] {
  try {
    const listing = execFileSync("ldd", [path], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return [...listing.matchAll(/(?:=> |^\s+)(\/\S+)/gmu)].flatMap(([, library]) => (library ? [library] : []));
  } catch {
    // Statically linked, or of another libc.
    return [];
  }
}
