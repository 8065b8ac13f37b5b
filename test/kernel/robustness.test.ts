// Faults of the machine and of the user, one row each: the command says what is wrong in one diagnostic with the right exit
// status and no stack trace, and nothing stays attached. Signals come at any moment. Needs root.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type BpfObject, scalarLayouts, structLayout } from "@typebpf/abi";
import { afterAll, expect, test } from "vitest";
import { objectText } from "../../packages/cli/src/json/object.ts";
import type { AttachOptions } from "../../packages/loader/src/backend.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { Netlink } from "../../packages/loader/src/kernel/netlink.ts";
import { addClsact, deleteClsact, listFilters } from "../../packages/loader/src/kernel/netlink-tc.ts";
import { openSys } from "../../packages/loader/src/kernel/sys.ts";
import { load } from "../../packages/loader/src/load.ts";
import { createTestbed, type TestbedSide } from "../../packages/loader/src/testing/index.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf, dropping, map, object, present, program } from "./objects.ts";

const launcher = fileURLToPath(new URL("../../packages/cli/bin/typebpf.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "typebpf-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, what: BpfObject): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, objectText(what));
  return path;
}

const xdp = file("xdp", object([program("pass", "w0 = 2\nexit")], [map("seen")]));
const tc = file("tc", dropping);
const socket = file("socket", object([program("pass", "w0 = -1\nexit", "socket_filter")]));
const refused = file("refused", object([program("wild", "r0 = *(u8 *)(r1 +1)\nexit")]));
const flags = file("flags", object([program("pass", "w0 = 2\nexit")], [map("hostile", { flags: 0x4000_0000 })]));
const ingress = ["--direction", "ingress"];
const onTc = [tc, "--program", "drop", ...ingress];

interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command inside the side's network. `before` is put in front of it: "setpriv …". */
function start(side: TestbedSide, args: readonly string[], before: readonly string[] = []) {
  const [command = "", ...rest] = [...before, process.execPath, launcher, ...args];
  const child = side.inNamespace(() => spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"] }));
  const texts = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    texts.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    texts.stderr += text;
  });
  const ended: Promise<Ended> = once(child, "close").then(([status, signal]) => ({ status, signal, ...texts }));
  return { child, ended, attached: () => attached(child, texts) };
}

async function attached(child: ChildProcess, texts: { readonly stdout: string; readonly stderr: string }) {
  while (!texts.stdout.includes("is attached")) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended: ${texts.stderr}`);
    await delay(5);
  }
}

const sys = await openSys().catch(() => undefined);

/** What is attached to the side's interface: an XDP program, tc filters, and a clsact qdisc. */
function standing(side: TestbedSide) {
  using netlink = side.inNamespace(() => new Netlink(present(sys)));
  const { index } = side.interface;
  const filters = [...listFilters(netlink, index, "ingress"), ...listFilters(netlink, index, "egress")];
  const qdisc = addClsact(netlink, index).errno !== 0;
  if (!qdisc) deleteClsact(netlink, index);
  const device = side.links().find((link) => link.index === index);
  return { xdp: device?.xdp !== undefined, filters: filters.map(({ name }) => name), qdisc };
}

const nothing = { xdp: false, filters: [], qdisc: false };

/** A line of a stack trace. */
const stackLine = /^\s+at .*:\d+:\d+\)?$/mu;

/** The only diagnostic in a text of standard error. */
function onlyCode(stderr: string): string | undefined {
  const codes = stderr.match(/BPF\d{4}/gu) ?? [];
  return new Set(codes).size === 1 ? codes[0] : `${codes}`;
}

const noCapability = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];
const only = (...names: readonly string[]) => ["setpriv", `--bounding-set=-all,${names.map((name) => `+${name}`)}`];

describeKernel("a fault has one diagnostic, and nothing stays attached", () => {
  const rows: readonly (readonly [
    string,
    code: string,
    status: number,
    args: readonly string[],
    before?: readonly string[],
  ])[] = [
    ["no privilege: XDP", "BPF6204", 2, [xdp, "--interface", "veth0"], noCapability],
    ["no privilege: tcx", "BPF6204", 2, [...onTc, "--interface", "veth0"], noCapability],
    ["no privilege: clsact", "BPF6204", 2, [...onTc, "--interface", "veth0", "--mode", "clsact"], noCapability],
    ["no privilege: socket filter", "BPF6204", 2, [socket, "--interface", "veth0"], noCapability],
    ["CAP_BPF without CAP_NET_ADMIN: XDP", "BPF6204", 2, [xdp, "--interface", "veth0"], only("bpf")],
    ["CAP_BPF without CAP_NET_ADMIN: tc", "BPF6204", 2, [...onTc, "--interface", "veth0"], only("bpf")],
    ["CAP_BPF without CAP_NET_RAW: socket filter", "BPF6204", 2, [socket, "--interface", "veth0"], only("bpf")],
    ["missing interface: XDP", "BPF6230", 2, [xdp, "--interface", "veth9"]],
    ["missing interface: tc", "BPF6230", 2, [...onTc, "--interface", "veth9"]],
    ["missing interface: socket filter", "BPF6230", 2, [socket, "--interface", "4711"]],
    ["a program that the verifier refuses", "BPF6214", 1, [refused, "--interface", "veth0"]],
    ["hostile map flags", "BPF6210", 1, [flags, "--interface", "veth0"]],
    [
      "options that exclude each other",
      "BPF6234",
      2,
      [...onTc, "--interface", "veth0", "--priority", "1", "--after", "all"],
    ],
    ["a neighbour that is not there", "BPF6236", 2, [...onTc, "--interface", "veth0", "--before", "link:2147483647"]],
  ];
  const whole = rows.map(([name, code, status, args, before = []]) => [name, code, status, args, before] as const);
  test.each(whole)("%s", async (_, code, status, args, before) => {
    await using testbed = await createTestbed();
    const ended = await start(testbed.host, ["attach", ...args, "--duration", "1"], before).ended;
    expect({ status: ended.status, code: onlyCode(ended.stderr) }).toEqual({ status, code });
    expect(ended.stdout).toBe("");
    expect(ended.stderr).not.toMatch(stackLine);
    expect(ended.stderr).toContain("help: ");
    expect(standing(testbed.host)).toEqual(nothing);
  });

  test("a busy hook", async () => {
    await using testbed = await createTestbed();
    const holder = start(testbed.host, ["attach", xdp, "--interface", "veth0"]);
    await holder.attached();
    const second = await start(testbed.host, ["attach", xdp, "--interface", "veth0"]).ended;
    expect({ status: second.status, code: onlyCode(second.stderr) }).toEqual({ status: 2, code: "BPF6231" });
    expect(standing(testbed.host).xdp).toBe(true);
    holder.child.kill("SIGINT");
    expect(await holder.ended).toMatchObject({ status: 0, stderr: "" });
    expect(standing(testbed.host)).toEqual(nothing);
  });
});

const kinds: readonly (readonly [string, readonly string[]])[] = [
  ["XDP", [xdp]],
  ["tcx", [...onTc, "--mode", "tcx"]],
  ["clsact", [...onTc, "--mode", "clsact"]],
  ["socket filter", [socket]],
];

describeKernel("an attached program", () => {
  test.each(kinds)("%s: the interface goes away; Ctrl-C then ends well", async (name, args) => {
    await using testbed = await createTestbed();
    const one = start(testbed.host, ["attach", ...args, "--interface", "veth0"]);
    await one.attached();
    using netlink = testbed.host.inNamespace(() => new Netlink(present(sys)));
    netlink.deleteLink(testbed.host.interface.index);
    one.child.kill("SIGINT");
    const { status, signal, stderr } = await one.ended;
    // A program that is not attached any more is said to be so; a packet socket without its interface is none the worse.
    const expected = name === "socket filter" ? { status: 0, code: "" } : { status: 2, code: "BPF6350" };
    expect({ status, signal, code: onlyCode(stderr) }).toEqual({ ...expected, signal: null });
    expect(stderr).not.toMatch(stackLine);
  });

  test.each(kinds)("%s: Ctrl-C detaches", async (_, args) => {
    await using testbed = await createTestbed();
    const one = start(testbed.host, ["attach", ...args, "--interface", "veth0"]);
    await one.attached();
    one.child.kill("SIGINT");
    expect(await one.ended).toMatchObject({ status: 0, signal: null, stderr: "" });
    expect(standing(testbed.host)).toEqual(nothing);
  });

  test("Ctrl-C at any moment of an attach leaves nothing", async () => {
    await using testbed = await createTestbed();
    const args = ["attach", ...onTc, "--mode", "clsact", "--interface", "veth0"];
    const begin = performance.now();
    const whole = start(testbed.host, args);
    await whole.attached();
    const took = performance.now() - begin;
    whole.child.kill("SIGINT");
    await whole.ended;
    for (const part of [0.3, 0.6, 0.8, 0.9, 0.95, 1]) {
      const one = start(testbed.host, args);
      await delay(took * part);
      one.child.kill("SIGINT");
      const { status, signal, stderr } = await one.ended;
      expect(signal === "SIGINT" || status === 0 || status === 130).toBe(true);
      expect(stderr).toBe("");
      expect(standing(testbed.host)).toEqual(nothing);
    }
  });

  test("kill -9: links go, the clsact filter stays, is reported by the next attach, and goes with that", async () => {
    await using testbed = await createTestbed();
    for (const [name, args] of kinds) {
      const one = start(testbed.host, ["attach", ...args, "--interface", "veth0"]);
      await one.attached();
      one.child.kill("SIGKILL");
      await one.ended;
      const left = name === "clsact" ? { xdp: false, filters: ["typebpf:drop"], qdisc: true } : nothing;
      expect(standing(testbed.host)).toEqual(left);
      if (name !== "clsact") continue;
      const next = await start(testbed.host, ["attach", ...args, "--interface", "veth0", "--duration", "0.01"]).ended;
      expect({ status: next.status, code: onlyCode(next.stderr) }).toEqual({ status: 0, code: "BPF6235" });
      expect(standing(testbed.host).filters).toEqual([]);
      testbed.host.inNamespace(() => {
        using netlink = new Netlink(present(sys));
        deleteClsact(netlink, testbed.host.interface.index);
      });
    }
  });
});

describeKernel("values and maps", () => {
  const flow = structLayout("flow", { port: scalarLayouts.u16be, bytes: scalarLayouts.u64 });
  const what = object([program("pass", "w0 = 2\nexit")], [map("flows", { type: "hash", maxEntries: 2, value: flow })]);

  test.each([
    ["a full map", "BPF6160", [3, {}]],
    ["a key out of range", "BPF6150", [2 ** 32, {}]],
    ["a field out of range", "BPF6150", [1, { port: 65_536 }]],
    ["a field of another kind", "BPF6151", [1, { bytes: 1 }]],
    ["a field that does not exist", "BPF6152", [1, { prot: 1 }]],
    ["hostile update flags", "BPF6165", [1, {}, 0xff]],
  ] as const)("%s", async (_, code, [key, value, mode]) => {
    using loaded = await load(what, kernel());
    const flows = present(loaded.maps.flows);
    flows.setMany([
      [1, { port: 1 }],
      [2, { port: 2 }],
    ]);
    const first = await diagnosticOf(() => flows.set(key, value, mode as 0));
    expect(first.code).toBe(code);
    expect([first.message, ...first.notes].join()).toMatch(/flows/u);
    expect([...flows].length).toBe(2);
  });

  test("attach options of another type of program", async () => {
    using loaded = await kernel().load(what);
    const wrong = { interface: "lo", direction: "ingress" } as AttachOptions;
    expect((await diagnosticOf(() => present(loaded.programs.get("pass")).attach(wrong))).code).toBe("BPF6234");
  });
});

test("the machine has what these tests start", () => {
  expect(spawnSync("setpriv", ["--version"]).status).toBe(0);
});
