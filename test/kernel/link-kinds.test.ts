// What is told about links of each type, beside what bpftool says of the same ids: links are made by the system call itself,
// one for each type that this kernel has, on objects of this file's own. Needs root.
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uapi } from "@typebpf/abi";
import { expect, test } from "vitest";
import { type KernelLinkInfo, kernel, listLinks, openLink } from "../../packages/loader/src/index.ts";
import { Fd } from "../../packages/loader/src/kernel/fd.ts";
import { linkInfo } from "../../packages/loader/src/kernel/info.ts";
import { openPin } from "../../packages/loader/src/kernel/objects/pin.ts";
import { openSys, type Sys } from "../../packages/loader/src/kernel/sys.ts";
import { Bpffs, bpftool, describeBpftool } from "./bpffs.ts";
import { testSince } from "./gate.ts";
import { object, present, program } from "./objects.ts";

/** Words of an attribute block: value by offset. */
type Words = Readonly<Record<number, number>>;

function call(sys: Sys, command: number, words: Words): Fd {
  const attr = sys.allocate(64);
  for (const [offset, value] of Object.entries(words)) attr.view.setUint32(Number(offset), value >>> 0, true);
  const status = sys.bpf(command, attr);
  if (status < 0) throw new Error(`command ${command}: ${status}`);
  return new Fd(sys, status, "link");
}

/** A link of a program that returns 1; `target` are the words of BPF_LINK_CREATE beside the program. */
async function linkOf(
  type: Parameters<typeof program>[2],
  section: string,
  link: (sys: Sys, fd: number) => Fd,
): Promise<Fd> {
  using fs = new Bpffs();
  const sys = await openSys();
  const spec = { ...program("linked", "r0 = 1\nexit", type), section };
  using loaded = await kernel().load(object([spec]));
  using _ = present(loaded.programs.get("linked")).pin(fs.path("linked"));
  using fd = openPin(sys, "program", fs.path("linked"));
  return link(sys, fd.number);
}

const create = (words: (sys: Sys) => Words) => (sys: Sys, fd: number) =>
  call(sys, uapi.command.LINK_CREATE, { 0: fd, ...words(sys) });

/** What we tell of the link, and what bpftool does. */
async function told(
  fd: Fd,
): Promise<{ readonly ours: KernelLinkInfo; readonly place: string | undefined; readonly theirs: unknown }> {
  const id = present(linkInfo(await openSys(), fd.number)).id;
  using opened = await openLink(id);
  const listed = present((await listLinks()).find((one) => one.id === id));
  expect(listed.target).toEqual(opened.info.target);
  return { ours: opened.info, place: opened.place, theirs: bpftool("link", "show", "id", `${id}`) };
}

/** A descriptor of a perf event. */
function perfEvent(sys: Sys, type: number, config: bigint, rest: Readonly<Record<number, bigint>> = {}): Fd {
  const attr = new DataView(new ArrayBuffer(112));
  attr.setUint32(0, type, true);
  attr.setUint32(4, 112, true);
  attr.setBigUint64(8, config, true);
  for (const [offset, value] of Object.entries(rest)) attr.setBigUint64(Number(offset), value, true);
  const status = sys.perfEventOpen(new Uint8Array(attr.buffer), -1, 0, -1, 8);
  if (status < 0) throw new Error(`perf_event_open: ${status}`);
  return new Fd(sys, status, "event");
}

const { attachType } = uapi;

describeBpftool("links", () => {
  test("to a cgroup tell its folder", async () => {
    const mounted = / (\S+) \S+(?: \S+:\S+)* - cgroup2 /mu.exec(readFileSync("/proc/self/mountinfo", "utf8"))?.[1];
    const own = mounted === undefined ? mkdtempSync(join(tmpdir(), "typebpf-cgroup-")) : undefined;
    if (own) execFileSync("mount", ["-t", "cgroup2", "cgroup2", own]);
    const cgroup = join(mounted ?? present(own), `typebpf-links-${process.pid}`);
    mkdirSync(cgroup);
    const directory = openSync(cgroup, "r");
    try {
      using link = await linkOf(
        "cgroup_skb",
        "cgroup_skb/ingress",
        create(() => ({ 4: directory, 8: attachType.CGROUP_INET_INGRESS })),
      );
      const { ours, place, theirs } = await told(link);
      expect(ours).toMatchObject({ type: "cgroup", target: { kind: "cgroup", attachType: "cgroup_inet_ingress" } });
      expect(place).toBe(cgroup);
      const { cgroupId } = ours.target as { cgroupId: bigint };
      expect(theirs).toMatchObject({ type: "cgroup", cgroup_id: Number(cgroupId) });
      using opened = await openLink(ours.id);
      opened.detach();
    } finally {
      closeSync(directory);
      rmdirSync(cgroup);
      if (own) {
        execFileSync("umount", [own]);
        rmdirSync(own);
      }
    }
  });

  test("to a raw tracepoint tell its name, and are not detached by force", async () => {
    using link = await linkOf("raw_tracepoint", "raw_tp/sched_switch", (sys, fd) => {
      const name = sys.allocate(32);
      name.bytes.set(new TextEncoder().encode("sched_switch"));
      const attr = sys.allocate(24);
      attr.view.setBigUint64(0, name.address, true);
      attr.view.setUint32(8, fd, true);
      return new Fd(sys, sys.bpf(uapi.command.RAW_TRACEPOINT_OPEN, attr), "link");
    });
    const { ours, theirs } = await told(link);
    expect(ours.target).toMatchObject({ kind: "raw_tracepoint", name: "sched_switch" });
    expect(theirs).toMatchObject({ type: "raw_tracepoint", tp_name: "sched_switch" });
    using opened = await openLink(ours.id);
    expect(() => opened.detach()).toThrow(/BPF6294/u);
  });

  test("to a network namespace tell its inode", async () => {
    const netns = openSync("/proc/self/ns/net", "r");
    try {
      using link = await linkOf(
        "sk_lookup",
        "sk_lookup",
        create(() => ({ 4: netns, 8: attachType.SK_LOOKUP })),
      );
      const { ours, theirs } = await told(link);
      expect(ours).toMatchObject({ type: "netns", target: { kind: "netns", attachType: "sk_lookup" } });
      expect(theirs).toMatchObject({ type: "netns", netns_ino: (ours.target as { inode: number }).inode });
    } finally {
      closeSync(netns);
    }
  });

  testSince("6.4", "to netfilter tell family, hook and priority", async () => {
    const words = { 8: attachType.NETFILTER, 16: 2, 20: 1, 24: -4242 };
    using link = await linkOf(
      "netfilter",
      "netfilter",
      create(() => words),
    );
    const { ours } = await told(link);
    expect(ours.target).toEqual({ kind: "netfilter", family: 2, hook: 1, priority: -4242, flags: 0 });
  });

  testSince("6.6", "to perf events tell which", async () => {
    const sys = await openSys();
    const tracefs = mkdtempSync(join(tmpdir(), "typebpf-tracefs-"));
    execFileSync("mount", ["-t", "tracefs", "tracefs", tracefs]);
    const id = BigInt(readFileSync(join(tracefs, "events/sched/sched_switch/id"), "utf8").trim());
    execFileSync("umount", [tracefs]);
    rmdirSync(tracefs);
    using tracepoint = perfEvent(sys, 2, id);
    const words = (event: Fd) => create(() => ({ 4: event.number, 8: attachType.PERF_EVENT }));
    using first = await linkOf("tracepoint", "tracepoint/sched/sched_switch", words(tracepoint));
    expect((await told(first)).ours.target).toEqual({ kind: "tracepoint", name: "sched_switch" });
    // Every so many context switches.
    using switches = perfEvent(sys, 1, 3n, { 16: 1_000_000_000n });
    using second = await linkOf("perf_event", "perf_event", words(switches));
    expect((await told(second)).ours.target).toEqual({ kind: "perf_event", type: 1, config: 3n });
  });

  testSince("6.6", "to a place in a file tell both", async () => {
    const sys = await openSys();
    const folder = mkdtempSync(join(tmpdir(), "typebpf-uprobe-"));
    const file = join(folder, "probed");
    // Nobody maps the file, so nothing is ever probed.
    writeFileSync(file, new Uint8Array(8192).fill(0x90));
    const path = sys.allocate(file.length + 1);
    path.bytes.set(new TextEncoder().encode(file));
    const type = Number(readFileSync("/sys/bus/event_source/devices/uprobe/type", "utf8"));
    const entry = 64;
    using event = perfEvent(sys, type, 0n, { 56: path.address, 64: BigInt(entry) });
    using link = await linkOf(
      "kprobe",
      "uprobe",
      create(() => ({ 4: event.number, 8: attachType.PERF_EVENT })),
    );
    expect((await told(link)).ours.target).toEqual({ kind: "uprobe", name: file, offset: entry });
    expect(path.bytes.length).toBeGreaterThan(0);
    rmSync(folder, { recursive: true });
  });
});
