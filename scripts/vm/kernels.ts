// Debian's cloud kernels from the package archive: the newest package of a series is downloaded once and unpacked into
// the cache. Modules are given in the order in which they can be inserted.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { Unprepared } from "./tools.ts";

/** A kernel on disk. */
export interface GuestKernel {
  /** The series: "6.1". */
  readonly series: string;
  /** Name of the package. */
  readonly name: string;
  readonly image: string;
  /** Modules in the order of insertion. */
  readonly modules: readonly KernelModule[];
}

export interface KernelModule {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The series that the tests know. */
export const kernelSeries = ["6.1", "6.12"] as const;

/** Modules that tests use; a kernel that lacks one goes without. */
const wanted = [
  "veth",
  "dummy",
  "sch_ingress",
  "cls_bpf",
  "cls_matchall",
  "act_bpf",
  "act_gact",
  "nf_tables",
  "nf_defrag_ipv4",
  "nf_defrag_ipv6",
];

const digits = (name: string): readonly number[] => [...name.matchAll(/\d+/gu)].map(([number]) => Number(number));

function compare(left: string, right: string): number {
  const [a, b] = [digits(left), digits(right)];
  const at = a.findIndex((number, index) => number !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? -1);
}

function packagesOf(series: string): readonly string[] {
  const pattern = `^linux-image-${series.replaceAll(".", "\\.")}\\.[0-9].*-cloud-amd64-unsigned$`;
  const listing = execFileSync("apt-cache", ["search", "--names-only", pattern], { encoding: "utf8" });
  const names = [...listing.matchAll(/^\S+/gmu)].map(([name]) => name);
  return names.sort(compare);
}

/** The folder of an unpacked kernel of the series; one that is there already is taken, whichever its age. */
function unpacked(series: string, cache: string): string {
  mkdirSync(cache, { recursive: true });
  const prefix = `linux-image-${series}.`;
  const there = readdirSync(cache).filter((name) => name.startsWith(prefix) && !/\.(deb|part)$/u.test(name));
  const kept = there.sort(compare).at(-1);
  if (kept) return join(cache, kept);
  const name = packagesOf(series).at(-1);
  if (!name) throw new Unprepared(`the package archive has no cloud kernel ${series}\n  apt-get update`);
  process.stdout.write(`── downloading ${name}\n`);
  try {
    execFileSync("apt-get", ["download", "-qq", name], { cwd: cache, stdio: ["ignore", "inherit", "pipe"] });
  } catch {
    throw new Unprepared(`${name} could not be downloaded\n  apt-get update`);
  }
  const archive = readdirSync(cache).find((file) => file.startsWith(`${name}_`));
  if (!archive) throw new Unprepared(`${name} could not be downloaded\n  apt-get update`);
  const folder = join(cache, name);
  execFileSync("dpkg-deb", ["-x", archive, `${folder}.part`], { cwd: cache });
  execFileSync("mv", [`${folder}.part`, folder]);
  rmSync(join(cache, archive));
  return folder;
}

/** A module's bytes, unpacked where the package has it compressed. */
function moduleBytes(path: string): Uint8Array {
  if (!path.endsWith(".xz")) return readFileSync(path);
  return execFileSync("xz", ["-dc", path], { maxBuffer: 1 << 28 });
}

/** What a module's `.modinfo` says that it needs. */
function needs(bytes: Uint8Array): readonly string[] {
  const info = /\0depends=([^\0]*)\0/u.exec(Buffer.from(bytes).toString("latin1"));
  return (info?.[1] ?? "").split(",").filter((name) => name !== "");
}

function modulesOf(folder: string): readonly KernelModule[] {
  const library = join(folder, "lib", "modules");
  const files = readdirSync(library, { recursive: true, encoding: "utf8" });
  const places = new Map(
    files
      .filter((file) => /\.ko(\.xz)?$/u.test(file))
      .map(
        (file) =>
          [
            basename(file)
              .replace(/\.ko(\.xz)?$/u, "")
              .replaceAll("-", "_"),
            join(library, file),
          ] as const,
      ),
  );
  const modules = new Map<string, KernelModule>();
  const add = (name: string): void => {
    const path = places.get(name.replaceAll("-", "_"));
    if (!path || modules.has(name)) return;
    const bytes = moduleBytes(path);
    for (const other of needs(bytes)) add(other);
    modules.set(name, { name, bytes });
  };
  for (const name of wanted) add(name);
  return [...modules.values()];
}

/** The kernel of a series, from the cache or the archive. @throws Unprepared where there is none. */
export function guestKernel(series: string, cache: string): GuestKernel {
  const folder = unpacked(series, cache);
  const boot = join(folder, "boot");
  const image = existsSync(boot) ? readdirSync(boot).find((file) => file.startsWith("vmlinuz-")) : undefined;
  if (!image) throw new Unprepared(`${folder} holds no kernel: remove it and try again`);
  return { series, name: basename(folder), image: join(boot, image), modules: modulesOf(folder) };
}
