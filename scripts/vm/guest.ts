// What is in the guest: the host's Node and tools with their libraries, the repository with its dependencies, kernel
// modules, and an init that inserts those, mounts what tests need, runs vitest and powers off.
import { execFileSync } from "node:child_process";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { Archive } from "./archive.ts";
import { compiledFilter, objectName } from "./filters.ts";
import type { GuestKernel } from "./kernels.ts";
import { emitted } from "./modules.ts";
import { find, guestTools, libraries, optionalGuestTools, place } from "./tools.ts";

/** What a guest is made of. */
export interface GuestRequest {
  /** The repository. */
  readonly root: string;
  readonly cache: string;
  readonly kernel: GuestKernel;
  /** Paths of tests, as vitest's filters. */
  readonly tests: readonly string[];
  /** Tests for other machines: paths of files that vitest leaves out. */
  readonly excluded: readonly string[];
}

/** The line on the serial console that carries vitest's exit status. */
export const endMark = "TYPEBPF-GUEST-ENDED";

const home = "/typebpf";

/** Installed packages that nothing in the guest uses. */
const unneeded = /^(@biomejs|@changesets|typescript@[^6]|@typescript\+|prettier|fast-check|lightningcss-)/u;

/** Parts of the repository that stay at home. */
const absent = /^(docs|bench\/(clang|compile|programs)|test\/(fuzz|language|diagnostics|types|cli|ports|objects))\//u;

/** TypeScript that guests run. */
const running = /^(packages\/[^/]+\/src|test\/(kernel|vm|harness)|examples|bench)\/.*(?<!\.d|\.bpf)\.ts$/u;

const applets = ["sh", "mount", "mkdir", "insmod", "poweroff", "cat", "uname"];

function init(request: GuestRequest): string {
  const { kernel, tests, excluded } = request;
  const quoted = (text: string): string => `'${text.replaceAll("'", "")}'`;
  const args = [...tests.map(quoted), ...excluded.map((file) => `--exclude ${quoted(file)}`)].join(" ");
  return `#!/busybox/sh
export PATH=/usr/bin:/busybox HOME=/root CI=true TYPEBPF_CACHE=off TYPEBPF_GUEST=${kernel.series}
B=/busybox/busybox
$B mount -t proc proc /proc; $B mount -t sysfs sysfs /sys; $B mount -t devtmpfs dev /dev
$B mkdir -p /dev/shm /dev/pts
$B mount -t tracefs tracefs /sys/kernel/tracing; $B mount -t cgroup2 none /sys/fs/cgroup; $B mount -t bpf bpf /sys/fs/bpf
for module in ${kernel.modules.map(({ name }) => name).join(" ")}; do $B insmod /modules/$module.ko; done
ip link set lo up
cd ${home}
node node_modules/vitest/vitest.mjs run --config vitest.guest.config.js ${args} </dev/null
STATUS=$?; echo; echo ${endMark} $STATUS
$B poweroff -f
`;
}

const configuration = `export default {
  test: {
    include: ["test/kernel/**/*.test.js", "test/vm/**/*.test.js"],
    testTimeout: 600000, hookTimeout: 600000, isolate: false, maxWorkers: 2, reporters: ["verbose"],
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
};
`;

function addProgram(archive: Archive, name: string, path: string): void {
  archive.file(`/usr/bin/${name}`, path, true);
  for (const library of libraries(path)) archive.file(library, library, true);
}

function addTree(archive: Archive, from: string, to: string, skip: (name: string) => boolean): void {
  for (const name of readdirSync(from)) {
    if (skip(name)) continue;
    const path = join(from, name);
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) archive.link(`${to}/${name}`, readlinkSync(path));
    else if (stat.isDirectory()) addTree(archive, path, `${to}/${name}`, (inner) => inner.endsWith(".map"));
    else {
      archive.file(`${to}/${name}`, path, (stat.mode & 0o100) !== 0);
      if (name.endsWith(".node")) for (const library of libraries(path)) archive.file(library, library, true);
    }
  }
}

async function addRepository(archive: Archive, { root, cache }: GuestRequest): Promise<void> {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: root, encoding: "utf8" });
  for (const file of listed.split("\0")) {
    if (file === "" || absent.test(file)) continue;
    const path = join(root, file);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile()) continue;
    if (/^packages\/[^/]+\/package\.json$/u.test(file)) {
      archive.text(`${home}/${file}`, readFileSync(path, "utf8").replace(/("\.\/src\/[^"]*)\.ts"/gu, '$1.js"'));
    } else archive.file(`${home}/${file}`, path, (stat.mode & 0o100) !== 0);
    const test = /\.test\.ts$/u.test(file) && !/^test\//u.test(file);
    if (/^test\/vm\/.*\.bpf\.ts$/u.test(file)) archive.text(`${home}/${objectName(file)}`, await compiledFilter(path));
    if (running.test(file) && !test) archive.file(`${home}/${file.slice(0, -3)}.js`, emitted(file, path, cache));
  }
  archive.text(`${home}/vitest.guest.config.js`, configuration);
  addTree(archive, join(root, "node_modules"), `${home}/node_modules`, (name) => name === ".pnpm" || name === ".bin");
  addTree(archive, join(root, "node_modules/.pnpm"), `${home}/node_modules/.pnpm`, (name) => unneeded.test(name));
  for (const name of readdirSync(join(root, "packages"))) {
    const modules = join(root, "packages", name, "node_modules");
    if (lstatSync(modules, { throwIfNoEntry: false }))
      addTree(archive, modules, `${home}/packages/${name}/node_modules`, (inner) => inner.startsWith("."));
  }
}

/** Writes the guest's file system; returns the size in bytes. */
export async function writeGuest(request: GuestRequest, path: string): Promise<number> {
  const archive = new Archive();
  for (const folder of ["/proc", "/sys", "/dev", "/tmp", "/run", "/root", "/etc"]) archive.folder(folder);
  archive.file("/busybox/busybox", place("busybox"), true);
  for (const applet of applets) archive.link(`/busybox/${applet}`, "busybox");
  archive.link("/bin", "usr/bin");
  archive.link("/usr/bin/sh", "/busybox/busybox");
  addProgram(archive, "node", process.execPath);
  for (const name of Object.keys(guestTools)) addProgram(archive, name, place(name));
  for (const name of optionalGuestTools) {
    const found = find(name);
    if (found) addProgram(archive, name, found);
  }
  for (const { name, bytes } of request.kernel.modules) archive.text(`/modules/${name}.ko`, bytes);
  await addRepository(archive, request);
  archive.text("/init", init(request), true);
  return archive.write(path);
}
