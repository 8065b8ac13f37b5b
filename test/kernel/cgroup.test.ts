// Every way in which control groups run programs, with its effect on a process inside of a group. Needs root.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../packages/codegen/src/index.ts";
import { type Loaded, load } from "../../packages/loader/src/index.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { type CgroupProcess, TestCgroup } from "./cgroup.ts";
import { describeKernel, testSince } from "./gate.ts";
import { diagnosticOf } from "./objects.ts";

type Filters = typeof import("./filters/cgroup.bpf.ts");

/** A TCP server that says who it is. */
async function server(says: string, host = "127.0.0.1"): Promise<{ readonly port: number; close(): void }> {
  const listening: Server = createServer((socket) => socket.on("error", () => {}).end(says)).listen(0, host);
  await once(listening, "listening");
  const address = listening.address();
  return { port: typeof address === "object" && address ? address.port : 0, close: () => listening.close() };
}

/** A UDP socket that answers each datagram by `says` and its text. */
async function echo(says: string, family: "udp4" | "udp6" = "udp4") {
  const socket = createSocket(family).bind(0, family === "udp4" ? "127.0.0.1" : "::1");
  await once(socket, "listening");
  const heard: string[] = [];
  socket.on("message", (message, from) => {
    heard.push(String(message));
    socket.send(`${says} ${message}`, from.port, from.address);
  });
  return { port: socket.address().port, heard, close: () => socket.close() };
}

describeKernel("a control group", () => {
  let group: TestCgroup;
  let inside: CgroupProcess;
  let filters: Loaded<Filters>;

  beforeAll(async () => {
    const object = await compile(new URL("./filters/cgroup.bpf.ts", import.meta.url));
    filters = await load<Filters>(object, kernel());
    group = new TestCgroup();
    inside = await group.start();
  });
  afterAll(async () => {
    filters?.[Symbol.dispose]();
    await group?.[Symbol.asyncDispose]();
  });

  /** While `run` runs, these programs are attached and these ports stand in the maps. */
  async function attached(
    names: readonly (keyof Filters & keyof Loaded<Filters>["programs"])[],
    ports: { readonly refused?: readonly number[]; readonly moved?: Readonly<Record<number, number>> },
    run: () => Promise<void>,
  ): Promise<void> {
    const { refused, moved } = filters.maps;
    const links = names.map((name) => filters.programs[name].attach({ cgroup: group.path }));
    for (const port of ports.refused ?? []) refused.set(port, 1);
    for (const [from, to] of Object.entries(ports.moved ?? {})) moved.set(Number(from), to);
    try {
      await run();
    } finally {
      for (const link of links) link.detach();
      for (const map of [refused, moved]) for (const [port] of [...map]) map.delete(port);
    }
  }

  const runsOf = (what: number) => Number(filters.maps.runs.get(what) ?? 0n);

  describe("packets", () => {
    test("ingress: counted by protocol, and those to a port dropped", async () => {
      const peer = await echo("heard");
      await attached(["ingress"], {}, async () => {
        expect(await inside.do("ask", "udp4", "127.0.0.1", peer.port, "hello")).toEqual({
          text: "heard hello",
          port: peer.port,
        });
        // 20 bytes of IPv4, 8 of UDP, and the answer.
        expect(filters.maps.totals.get(17)).toEqual({ packets: 1n, bytes: 20n + 8n + 11n });
      });
      expect(await inside.do("ask", "udp4", "127.0.0.1", peer.port, "again")).toMatchObject({ text: "heard again" });
      expect(filters.maps.totals.get(17)?.packets).toBe(1n);
      peer.close();
    });

    test("egress: a port that is refused is not reached, another one is", async () => {
      const [open, shut] = [await echo("open"), await echo("shut")];
      await attached(["egress"], { refused: [shut.port] }, async () => {
        expect(await inside.do("ask", "udp4", "127.0.0.1", shut.port, "hello")).toBe("EPERM");
        expect(await inside.do("ask", "udp4", "127.0.0.1", open.port, "hello")).toMatchObject({ text: "open hello" });
      });
      expect(shut.heard).toEqual([]);
      open.close();
      shut.close();
    });
  });

  describe("sockets", () => {
    test("created: kinds refused, marks set; released: seen", async () => {
      const before = runsOf(2);
      await attached(["created", "released"], {}, async () => {
        expect(await inside.do("socket", 2, 3, 1)).toBe("EPERM");
        expect(await inside.do("socket", 2, 2, 0)).toBe("ok");
        expect(await inside.do("mark")).toBe(77);
      });
      expect(runsOf(2)).toBeGreaterThan(before);
      expect(await inside.do("socket", 2, 3, 1)).toBe("ok");
    });

    test.each([
      ["bound4", "127.0.0.1"],
      ["bound6", "::1"],
    ] as const)("%s: a port is refused after binding", async (name, host) => {
      const free = (await inside.do("listen", host, 0)) as number;
      const other = await server("", host);
      const { port } = other;
      other.close();
      await attached([name], { refused: [port] }, async () => {
        expect(await inside.do("listen", host, port)).toBe("EPERM");
      });
      expect(await inside.do("listen", host, port)).toBe(port);
      expect(free).toBeGreaterThan(0);
    });
  });

  describe("addresses", () => {
    test.each([
      ["bind4", "127.0.0.1"],
      ["bind6", "::1"],
    ] as const)("%s: another port", async (name, host) => {
      const other = await server("", host);
      const { port } = other;
      other.close();
      await attached([name], { moved: { 81: port } }, async () => {
        expect(await inside.do("listen", host, 81)).toBe(port);
      });
    });

    test("connect4: to another server, or not at all", async () => {
      const here = await server("here");
      await attached(["connect4"], { moved: { 4242: here.port }, refused: [4243] }, async () => {
        expect(await inside.do("connect", "192.0.2.1", 4242)).toMatchObject({ text: "here", remotePort: here.port });
        expect(await inside.do("connect", "127.0.0.1", 4243)).toBe("EPERM");
      });
      here.close();
    });

    test("connect6: to another server", async () => {
      const here = await server("six", "::1");
      await attached(["connect6"], { moved: { 4242: here.port } }, async () => {
        expect(await inside.do("connect", "2001:db8::1", 4242)).toMatchObject({ text: "six" });
      });
      here.close();
    });

    testSince("6.7", "Unix sockets: streams are not connected, names are seen", async () => {
      const source = new URL("./filters/cgroup-unix.bpf.ts", import.meta.url);
      const object = await compile(source, { targetKernel: "6.7" });
      using unix = await load<typeof import("./filters/cgroup-unix.bpf.ts")>(object, kernel());
      const directory = mkdtempSync(join(tmpdir(), "typebpf-"));
      const path = join(directory, "socket");
      const listening = createServer((socket) => socket.end()).listen(path);
      await once(listening, "listening");
      const links = Object.values(unix.programs).map((program) => program.attach({ cgroup: group.path }));
      expect(links.length).toBe(5);
      expect(await inside.do("connectUnix", path)).toBe("EPERM");
      expect(await inside.do("nameUnix")).toBe(0);
      for (const link of links) link.detach();
      expect(await inside.do("connectUnix", path)).toBe("ok");
      expect([unix.maps.runs.get(0), unix.maps.runs.get(4)]).toEqual([1n, 1n]);
      listening.close();
      rmSync(directory, { recursive: true });
    });

    test("sendmsg4 and recvmsg4: a datagram goes elsewhere, and its answer seems to come from where it was sent", async () => {
      const real = await echo("real");
      const ports = { moved: { 4242: real.port, [real.port]: 4242 }, refused: [4243] };
      await attached(["sendmsg4", "recvmsg4"], ports, async () => {
        expect(await inside.do("ask", "udp4", "192.0.2.1", 4242, "x")).toEqual({ text: "real x", port: 4242 });
        expect(await inside.do("ask", "udp4", "127.0.0.1", 4243, "x")).toBe("EPERM");
      });
      real.close();
    });

    test("sendmsg6: refused; recvmsg6: from another port", async () => {
      const real = await echo("six", "udp6");
      await attached(["sendmsg6", "recvmsg6"], { moved: { [real.port]: 4242 }, refused: [4243] }, async () => {
        expect(await inside.do("ask", "udp6", "::1", real.port, "x")).toEqual({ text: "six x", port: 4242 });
        expect(await inside.do("ask", "udp6", "::1", 4243, "x")).toBe("EPERM");
      });
      real.close();
    });

    test.each([
      ["getpeername4", "127.0.0.1"],
      ["getpeername6", "::1"],
    ] as const)("%s: another port than that of the peer", async (name, host) => {
      const here = await server("here", host);
      await attached([name], { moved: { [here.port]: 4242 } }, async () => {
        expect(await inside.do("connect", host, here.port)).toMatchObject({ text: "here", remotePort: 4242 });
      });
      here.close();
    });

    test.each([
      ["getsockname4", "127.0.0.1"],
      ["getsockname6", "::1"],
    ] as const)("%s: another port than one's own", async (name, host) => {
      const other = await server("", host);
      const { port } = other;
      other.close();
      await attached([name], { moved: { [port]: 4242 } }, async () => {
        expect(await inside.do("listen", host, port)).toBe(4242);
      });
    });
  });

  test("device: one file refused, one for writing", async () => {
    await attached(["device"], {}, async () => {
      expect(await inside.do("open", "/dev/urandom", "r")).toBe("EPERM");
      expect(await inside.do("open", "/dev/null", "w")).toBe("ok");
      expect(await inside.do("open", "/dev/zero", "r")).toBe("ok");
      expect(await inside.do("open", "/dev/zero", "r+")).toBe("EPERM");
    });
    expect(await inside.do("open", "/dev/urandom", "r")).toBe("ok");
  });

  test("sysctl: read by all, written below net/ only", async () => {
    await attached(["sysctl"], {}, async () => {
      expect(await inside.do("open", "/proc/sys/kernel/hostname", "r")).toBe("ok");
      expect(await inside.do("write", "/proc/sys/kernel/domainname", "test")).toBe("EPERM");
      // Not a number: the program lets it pass, the kernel does not take it.
      expect(await inside.do("write", "/proc/sys/net/ipv4/ip_default_ttl", "none")).toBe("EINVAL");
    });
  });

  test("setsockopt: refused, or another value; getsockopt: another value", async () => {
    const [SOL_SOCKET, SO_RCVBUF, SO_PRIORITY] = [1, 8, 12];
    await attached(["setsockopt"], {}, async () => {
      expect(await inside.do("option", SOL_SOCKET, SO_RCVBUF, 100_000)).toMatchObject({ set: "EPERM" });
      expect(await inside.do("option", SOL_SOCKET, SO_PRIORITY, 5)).toMatchObject({ set: 0, value: 3 });
    });
    await attached(["getsockopt"], {}, async () => {
      expect(await inside.do("option", SOL_SOCKET, SO_RCVBUF, 100_000)).toMatchObject({ set: 0, value: 4321 });
      expect(await inside.do("option", SOL_SOCKET, SO_PRIORITY, 5)).toMatchObject({ value: 5 });
    });
  });

  test("sockOps: an option of each connection, and its states", async () => {
    const [IPPROTO_TCP, TCP_KEEPCNT] = [6, 6];
    const here = await server("here");
    const unset = await inside.do("optionOfConnection", here.port, IPPROTO_TCP, TCP_KEEPCNT);
    expect(unset).toEqual({ connected: 0, value: 9 });
    await attached(["connections"], {}, async () => {
      const set = await inside.do("optionOfConnection", here.port, IPPROTO_TCP, TCP_KEEPCNT);
      expect(set).toEqual({ connected: 0, value: 66 });
    });
    // TCP_CONNECT_CB, ACTIVE_ESTABLISHED_CB, then by callback the state FIN_WAIT1.
    expect([runsOf(1003), runsOf(1004)]).toEqual([1, 1]);
    expect(runsOf(1010)).toBeGreaterThan(0);
    expect(runsOf(2004)).toBe(1);
    here.close();
  });

  describe("attaching", () => {
    const attach = (options: object) => filters.programs.egress.attach(options as { cgroup: string });

    test("a link says where it is, and ends", () => {
      const link = attach({ cgroup: group.path });
      expect(link.description).toBe(`cgroupSkb.egress on ${group.path} (link)`);
      expect(link.id).toBeGreaterThan(0);
      expect(link.attached?.()).toBe(true);
      link.detach();
      link.detach();
      expect(link.attached?.()).toBe(false);
    });

    test("by descriptor", () => {
      using link = attach({ cgroup: openSync(group.path, "r") });
      expect(link.description).toContain("descriptor");
    });

    test.each(["multi", "override", "exclusive"])("%s: until it is detached", async (mode) => {
      const shut = await echo("shut");
      filters.maps.refused.set(shut.port, 1);
      const link = attach({ cgroup: group.path, mode });
      expect(link.description).toContain(`(${mode})`);
      expect(await inside.do("ask", "udp4", "127.0.0.1", shut.port, "x")).toBe("EPERM");
      link.detach();
      expect(await inside.do("ask", "udp4", "127.0.0.1", shut.port, "x")).toMatchObject({ text: "shut x" });
      filters.maps.refused.delete(shut.port);
      shut.close();
    });

    test("an exclusive program keeps others out, here and below", async () => {
      const below = new TestCgroup(group);
      const first = attach({ cgroup: group.path, mode: "exclusive" });
      const here = await diagnosticOf(() => attach({ cgroup: group.path, mode: "multi" }));
      expect(here).toMatchObject({ code: "BPF6231", message: expect.stringContaining(group.path) });
      const inner = await diagnosticOf(() => attach({ cgroup: below.path }));
      expect(inner).toMatchObject({ code: "BPF6231", message: expect.stringContaining("above") });
      first.detach();
      await below[Symbol.asyncDispose]();
    });

    test("what is no control group", async () => {
      const directory = mkdtempSync(join(tmpdir(), "typebpf-"));
      const plain = await diagnosticOf(() => attach({ cgroup: directory }));
      expect(plain).toMatchObject({ code: "BPF6239", message: `${directory} is no control group of version 2` });
      expect(plain.notes?.join()).toContain("cgroup2 is mounted at ");
      expect(await diagnosticOf(() => attach({ cgroup: join(directory, "none") }))).toMatchObject({ code: "BPF6239" });
      rmSync(directory, { recursive: true });
    });

    test.each([
      [{}, "cgroup is the path"],
      [{ cgroup: "" }, "cgroup is the path"],
      [{ cgroup: -1 }, "cgroup is the path"],
      [{ cgroup: "/", mode: "all" }, "mode is"],
      [{ cgroup: "/", interface: "lo" }, 'no attach option "interface"'],
      [{ cgroup: "/", replace: 1, mode: "link" }, "replace is for the mode multi"],
      [{ cgroup: "/", replace: 1, before: "all" }, "where that one was"],
    ])("options %j are refused", async (options, message) => {
      expect(await diagnosticOf(() => attach(options))).toMatchObject({
        code: "BPF6234",
        message: expect.stringContaining(message),
      });
    });

    testSince("6.17", "before and after others, and at a revision", async () => {
      using first = attach({ cgroup: group.path });
      const before = filters.programs.ingress.attach({ cgroup: group.path, before: "all" });
      before.detach();
      using second = filters.programs.egress.attach({ cgroup: group.path, before: { link: first.id } });
      expect(second.id).toBeGreaterThan(first.id);
      expect(await diagnosticOf(() => attach({ cgroup: group.path, expectedRevision: 1_000_000 }))).toMatchObject({
        code: "BPF6237",
      });
      expect(await diagnosticOf(() => attach({ cgroup: group.path, after: { link: before.id } }))).toMatchObject({
        code: "BPF6236",
      });
    });
  });
});
