// Our ELF objects in the hands of others: bpftool, ip, tc and a C program on libbpf load what we compile, each attached
// in a namespace of the test and seen to act. Tools that are missing are named.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BpfObject, readElf, writeElf } from "@typebpf/abi";
import { afterAll, expect, test } from "vitest";
import { compileFile } from "../../packages/codegen/src/compile.ts";
import { createTestbed, type TestbedSide } from "../../packages/loader/src/testing/index.ts";
import { describeKernel } from "./gate.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "typebpf-elf-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const examples = readdirSync(join(root, "examples")).map((name) => join(root, "examples", name, `${name}.bpf.ts`));
const ports = readdirSync(join(root, "bench/programs")).map((name) => join(root, "bench/programs", name));
const filters = [...examples, ...ports].filter((path) => path.endsWith(".bpf.ts") && existsSync(path));
/** Functions, callbacks, globals, tables, locks. */
const parts = ["subprograms", "loop-calls", "globals", "tables", "locks", "ring-buffer"].map((name) =>
  join(root, "test/language", `${name}.ts`),
);
const programs = join(root, "test/kernel/filters/elf-programs.bpf.ts");

interface Built {
  readonly path: string;
  readonly object: BpfObject;
}

const known = new Map<string, Built>();

/** The object of a filter as a file, compiled once; reading it gives the object back. */
async function built(filter: string): Promise<Built> {
  const before = known.get(filter);
  if (before) return before;
  const { object, diagnostics } = await compileFile(filter, { level: 2, directMapValues: false });
  if (!object) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const path = join(folder, basename(filter).replace(/(\.bpf)?\.ts$/, ".o"));
  writeFileSync(path, writeElf(object));
  expect(readElf(readFileSync(path))).toEqual(object);
  const made = { path, object };
  known.set(filter, made);
  return made;
}

/** What is missing of some tools, as words behind a test's name; empty where all are there. */
function missing(...tools: readonly string[]): string {
  const absent = tools.filter(
    (tool) => spawnSync(tool, [tool === "ip" || tool === "tc" ? "-V" : "--version"]).status !== 0,
  );
  return absent.length > 0 ? ` (missing: ${absent.join(", ")})` : "";
}

const noBpftool = missing("bpftool", "unshare");
const noIproute = missing("ip", "tc");
const noHeaders = existsSync("/usr/include/bpf/libbpf.h") ? "" : " (missing: libbpf-dev)";
const noCompiler = `${missing("gcc", "bpftool")}${noHeaders}`;

/** Runs a tool in the network of a side. */
function run(side: TestbedSide, command: string, ...args: readonly string[]): string {
  const done = side.inNamespace(() => spawnSync(command, args, { encoding: "utf8" }));
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${done.stderr}${done.stdout}`);
  return done.stdout;
}

const names = [...filters, ...parts].map((filter) => [basename(filter), filter] as const);

test("the same source gives the same bytes in another directory", async () => {
  const { path } = await built(join(root, "examples/firewall/firewall.bpf.ts"));
  const other = mkdtempSync(join(folder, "elsewhere-"));
  writeFileSync(join(other, "package.json"), "{}");
  cpSync(join(root, "examples/firewall"), join(other, "examples/firewall"), { recursive: true });
  const { object } = await compileFile(join(other, "examples/firewall/firewall.bpf.ts"), {
    level: 2,
    directMapValues: false,
  });
  expect(object && Buffer.compare(writeElf(object), readFileSync(path))).toBe(0);
});

/** Filters with a section that libbpf before 1.5 does not know: sk_skb/verdict. */
const newSections: ReadonlySet<string> = new Set(["socket-redirector.bpf.ts"]);
const knownToLibbpf = names.filter(([name]) => !newSections.has(name));
/** Filters with arrays of programs. */
const withSlots: ReadonlySet<string> = new Set(["dispatcher.bpf.ts"]);

describeKernel("our ELF objects", () => {
  test.skipIf(noBpftool !== "").each(knownToLibbpf)(
    `bpftool loads %s and shows its lines${noBpftool}`,
    async (_, filter) => {
      const { path, object } = await built(filter);
      // In a mount namespace of its own: what is pinned there goes with it.
      const dumps = object.programs.map(({ name }) => `bpftool prog dump xlated pinned "$1/${name}" linum`);
      const script = ["set -e", 'mount -t bpf none "$1"', 'bpftool prog loadall "$2" "$1"', ...dumps].join("\n");
      const place = join(folder, "bpf");
      mkdirSync(place, { recursive: true });
      const shown = execFileSync("unshare", ["-m", "sh", "-c", script, "sh", place, path], { encoding: "utf8" });
      for (const { lines } of object.programs) {
        // Of a branch that is never taken the verifier removes the code.
        const [first] = lines;
        const { at } = first ?? {};
        expect(shown).toContain(`[file:${at?.file} line_num:${at?.line} `);
      }
    },
  );

  // `ip` and `tc` load the one program that they attach, so those in the slots of an array are not there.
  const single = names.filter(([name]) => !withSlots.has(name));
  const forInterfaces = [...single, [basename(programs), programs] as const];
  test.skipIf(noIproute !== "").each(forInterfaces)(`ip and tc attach %s${noIproute}`, async (_, filter) => {
    const { path, object } = await built(filter);
    await using testbed = await createTestbed();
    const { host } = testbed;
    const dev = host.interface.name;
    const types = new Set(object.programs.map(({ type }) => type));
    if (types.has("xdp")) {
      run(host, "ip", "link", "set", "dev", dev, "xdp", "obj", path, "sec", "xdp");
      expect(run(host, "ip", "link", "show", "dev", dev)).toMatch(/xdp/);
      run(host, "ip", "link", "set", "dev", dev, "xdp", "off");
    }
    if (types.has("sched_cls")) {
      run(host, "tc", "qdisc", "add", "dev", dev, "clsact");
      run(host, "tc", "filter", "add", "dev", dev, "ingress", "bpf", "da", "obj", path, "sec", "tc");
      expect(run(host, "tc", "filter", "show", "dev", dev, "ingress")).toMatch(/direct-action/);
    }
  });

  const quick = { from: "10.42.0.2", count: 2, timeoutMs: 400 };

  test.skipIf(noIproute !== "")(`an XDP program that ip attaches drops packets${noIproute}`, async () => {
    const { path } = await built(programs);
    await using testbed = await createTestbed();
    const dev = testbed.host.interface.name;
    expect((await testbed.ping(quick)).received).toBe(2);
    run(testbed.host, "ip", "link", "set", "dev", dev, "xdp", "obj", path, "sec", "xdp");
    expect((await testbed.ping(quick)).received).toBe(0);
    run(testbed.host, "ip", "link", "set", "dev", dev, "xdp", "off");
    expect((await testbed.ping(quick)).received).toBe(2);
  });

  test.skipIf(noIproute !== "")(`a tc program that tc attaches drops packets${noIproute}`, async () => {
    const { path } = await built(programs);
    await using testbed = await createTestbed();
    const dev = testbed.host.interface.name;
    run(testbed.host, "tc", "qdisc", "add", "dev", dev, "clsact");
    run(testbed.host, "tc", "filter", "add", "dev", dev, "ingress", "bpf", "da", "obj", path, "sec", "tc");
    expect((await testbed.ping(quick)).received).toBe(0);
    run(testbed.host, "tc", "qdisc", "del", "dev", dev, "clsact");
    expect((await testbed.ping(quick)).received).toBe(2);
  });
});

/** A C program that uses the skeleton of an object. */
async function skeleton(filter: string, ...flags: readonly string[]): Promise<string> {
  const { path } = await built(filter);
  const place = mkdtempSync(join(folder, "skeleton-"));
  const header = execFileSync("bpftool", ["gen", "skeleton", path, "name", "filter"], { encoding: "utf8" });
  writeFileSync(join(place, "filter.skel.h"), header);
  const source = join(place, "skeleton.c");
  copyFileSync(join(root, "test/kernel/skeleton.c"), source);
  const program = join(place, "skeleton");
  execFileSync("gcc", ["-Wall", "-Werror", ...flags, `-I${place}`, "-o", program, source, "-lbpf", "-lelf", "-lz"]);
  return program;
}

async function line(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout?.setEncoding("utf8");
  while (!text.includes("\n")) {
    const [more] = (await once(child.stdout ?? child, "data")) as [string];
    text += more;
  }
  return text.trim();
}

describeKernel("our ELF objects in C programs", () => {
  // A global of that one is called as a keyword of C.
  const inC = knownToLibbpf.filter(([name]) => name !== "globals.ts");

  test.skipIf(noCompiler !== "").each(inC)(
    `a skeleton loads %s${noCompiler}`,
    { timeout: 60_000 },
    async (_, filter) => {
      const done = spawnSync(await skeleton(filter), { encoding: "utf8" });
      expect([done.status, done.stderr]).toEqual([0, ""]);
    },
  );

  test.skipIf(noCompiler !== "")(
    `a skeleton attaches a program, and reads its map and globals${noCompiler}`,
    { timeout: 60_000 },
    async () => {
      const program = await skeleton(programs, "-DATTACH");
      await using testbed = await createTestbed();
      const { host } = testbed;
      const child = host.inNamespace(() => spawn(program, [`${host.interface.index}`], { stdio: "pipe" }));
      expect(await line(child)).toBe("attached");
      expect((await testbed.ping({ from: "10.42.0.2", count: 3, timeoutMs: 500 })).received).toBe(0);
      const counted = line(child);
      child.stdin?.end();
      expect(await counted).toMatch(/^3 3 1000$/);
      if (child.exitCode === null) await once(child, "exit");
      expect(child.exitCode).toBe(0);
      expect((await testbed.ping({ from: "10.42.0.2", count: 2, timeoutMs: 500 })).received).toBe(2);
    },
  );
});
