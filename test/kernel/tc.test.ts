// tc programs on a real veth pair: drops at ingress and egress, order of tcx links, filters on clsact that come, go and
// make room, and hooks and options that are refused. Needs root.
import { sectionOfProgram, uapi } from "@typebpf/abi";
import { expect, test } from "vitest";
import { attachTc } from "../../packages/loader/src/attach/tc.ts";
import type { AttachOptions } from "../../packages/loader/src/backend.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { Netlink } from "../../packages/loader/src/kernel/netlink.ts";
import { addClsact, listFilters, type TcDirection } from "../../packages/loader/src/kernel/netlink-tc.ts";
import { loadProgram } from "../../packages/loader/src/kernel/program-load.ts";
import { openSys, type Sys } from "../../packages/loader/src/kernel/sys.ts";
import { createTestbed, type TestbedSide } from "../../packages/loader/src/testing/index.ts";
import { describeKernel, testSince } from "./gate.ts";
import { diagnosticOf, dropping, map, object, present, program } from "./objects.ts";

const quick = { timeoutMs: 300, count: 2 };
const sys = await openSys().catch(() => undefined);

/** Notes that it has run in `order`, and goes on to the next program. */
const note = (name: string, digit: number) =>
  program(
    name,
    `*(u32 *)(r10 -4) = 0
     r2 = r10
     r2 += -4
     r1 = map order
     call 1
     if r0 == 0 goto out
     r1 = *(u64 *)(r0 +0)
     r1 *= 10
     r1 += ${digit}
     *(u64 *)(r0 +0) = r1
     out:
     w0 = -1
     exit`,
    "sched_cls",
  );

async function loadTc(side: TestbedSide, what = dropping) {
  const loaded = await kernel().load(what);
  return {
    attach: (name: string, options: AttachOptions) =>
      side.inNamespace(() => present(loaded.programs.get(name)).attach(options)),
    order: () => present(loaded.maps.get("order")),
    [Symbol.dispose]: () => loaded[Symbol.dispose](),
  };
}

/** Filters on the side's interface. */
function filters(side: TestbedSide, direction: TcDirection) {
  using netlink = side.inNamespace(() => new Netlink(present(sys)));
  return listFilters(netlink, side.interface.index, direction);
}

describeKernel("tc on an interface", () => {
  const modes = [
    ["tcx", "ingress", "6.6"],
    ["tcx", "egress", "6.6"],
    ["clsact", "ingress", "4.5"],
    ["clsact", "egress", "4.5"],
  ] as const;
  for (const [mode, direction, since] of modes)
    testSince(since, `${mode} ${direction}: traffic stops, and comes back`, async () => {
      await using testbed = await createTestbed();
      using tc = await loadTc(testbed.host);
      expect(await testbed.ping({ from: "10.42.0.2" })).toEqual({ sent: 3, received: 3 });
      using link = tc.attach("drop", { interface: "veth0", direction, mode });
      expect(link.description).toMatch(`tc ${direction} on veth0 (${mode}`);
      expect(link.warnings).toEqual([]);
      expect(await testbed.ping({ from: "10.42.0.2", ...quick })).toEqual({ sent: 2, received: 0 });
      link.detach();
      link.detach();
      expect(await testbed.ping({ from: "10.42.0.2" })).toEqual({ sent: 3, received: 3 });
      expect(filters(testbed.host, direction)).toEqual([]);
    });

  testSince("6.6", "without a mode a link is made, with a priority a filter; the filter has our name", async () => {
    await using testbed = await createTestbed();
    using tc = await loadTc(testbed.host);
    const link = tc.attach("pass", { interface: testbed.host.interface.index, direction: "ingress" });
    expect(link.description).toBe("tc ingress on veth0 (tcx)");
    expect(link.id).toBeGreaterThan(0);
    const filter = tc.attach("drop", { interface: "veth0", direction: "egress", priority: 7, handle: 3 });
    expect(filter.description).toBe("tc egress on veth0 (clsact, priority 7, handle 3)");
    expect(filters(testbed.host, "egress")).toMatchObject([{ name: "typebpf:drop", priority: 7, handle: 3 }]);
  });

  test("a kernel without tcx gets a filter", async () => {
    await using testbed = await createTestbed();
    const { PROG_QUERY, LINK_CREATE } = uapi.command;
    const real = present(sys);
    // Older kernels do not know the attach types.
    const bpf: Sys["bpf"] = (command, attr) =>
      command === PROG_QUERY || command === LINK_CREATE ? -22 : real.bpf(command, attr);
    const [spec] = dropping.programs;
    const { fd } = loadProgram(real, { program: present(spec), license: "GPL", maps: new Map(), logLevel: 0 });
    const section = sectionOfProgram(present(spec));
    const old = { sys: { ...real, bpf }, fd: fd.number, name: "drop", type: "sched_cls", section } as const;
    using link = testbed.host.inNamespace(() => attachTc(old, { interface: "veth0", direction: "ingress" }));
    expect(link.description).toMatch(/^tc ingress on veth0 \(clsact, priority \d+, handle 1\)$/u);
    const tcx = () =>
      testbed.host.inNamespace(() => attachTc(old, { interface: "veth0", direction: "ingress", mode: "tcx" }));
    expect((await diagnosticOf(tcx)).code).toBe("BPF6233");
    fd[Symbol.dispose]();
  });

  testSince("6.6", "links run in the order that before and after say", async () => {
    await using testbed = await createTestbed();
    const names = ["a", "b", "c", "d"] as const;
    const programs = names.map((name, index) => note(name, index + 1));
    using tc = await loadTc(testbed.host, object(programs, [map("order", { maxEntries: 1 })]));
    const key = new Uint8Array(4);
    const order = async () => {
      tc.order().update(key, new Uint8Array(8), 0);
      await testbed.ping({ from: "10.42.0.2", count: 1 });
      return String(new DataView((tc.order().lookup(key) as Uint8Array).buffer).getBigUint64(0, true));
    };
    const where = { interface: "veth0", direction: "ingress" } as const;
    const b = tc.attach("b", where);
    tc.attach("a", { ...where, before: { link: b.id } });
    using c = tc.attach("c", { ...where, after: "all" });
    expect(await order()).toMatch(/^(123)+$/u);
    c.detach();
    tc.attach("c", { ...where, before: "all" });
    const { id } = b;
    tc.attach("d", { ...where, after: { link: id } });
    expect(await order()).toMatch(/^(3124)+$/u);
  });

  testSince(
    "6.6",
    "neighbours that are not there, revisions that have passed, programs that are there already",
    async () => {
      await using testbed = await createTestbed();
      using tc = await loadTc(testbed.host);
      const where = { interface: "veth0", direction: "ingress" } as const;
      const refused = (name: string, options: object) =>
        diagnosticOf(() => tc.attach(name, { ...where, ...options } as AttachOptions));
      using link = tc.attach("pass", where);
      expect(link.id).toBeGreaterThan(0);
      expect((await refused("drop", { before: { link: 0x7fff_ffff } })).code).toBe("BPF6236");
      expect((await refused("drop", { after: { program: 0x7fff_ffff } })).code).toBe("BPF6236");
      const changed = await refused("drop", { expectedRevision: 77 });
      expect(changed).toMatchObject({ code: "BPF6237" });
      const revision = Number(/revision (\d+),/u.exec(changed.message)?.[1]);
      tc.attach("drop", { ...where, expectedRevision: revision }).detach();
      expect((await refused("pass", {})).code).toBe("BPF6231");
      using filter = tc.attach("pass", { ...where, mode: "clsact", priority: 5, handle: 1 });
      expect((await refused("pass", { mode: "clsact" })).code).toBe("BPF6231");
      const taken = await refused("drop", { mode: "clsact", priority: 5, handle: 1 });
      expect(taken).toMatchObject({ code: "BPF6231" });
      expect(taken.message).toContain("typebpf:pass");
      expect(taken.help).toContain("tc filter del dev veth0 ingress prio 5 handle 1 bpf");
      filter.detach();
      expect(filters(testbed.host, "ingress")).toEqual([]);
    },
  );

  test("a qdisc that was there stays, one that we made goes", async () => {
    await using testbed = await createTestbed();
    using tc = await loadTc(testbed.host);
    const hasQdisc = () => {
      const made = testbed.host.inNamespace(() => {
        using netlink = new Netlink(present(sys));
        return addClsact(netlink, testbed.host.interface.index).errno;
      });
      return made !== 0;
    };
    const where = { interface: "veth0", direction: "ingress", mode: "clsact" } as const;
    tc.attach("pass", where).detach();
    expect(hasQdisc()).toBe(false);
    // Looking has made it.
    tc.attach("pass", where).detach();
    expect(hasQdisc()).toBe(true);
  });

  testSince("6.6", "an interface that goes takes its programs with it; disposing is fine", async () => {
    await using testbed = await createTestbed();
    using tc = await loadTc(testbed.host);
    const where = { interface: "veth0" } as const;
    const links = [
      tc.attach("pass", { ...where, direction: "ingress", mode: "clsact" }),
      tc.attach("pass", { ...where, direction: "egress", mode: "clsact" }),
      tc.attach("drop", { ...where, direction: "ingress", mode: "tcx" }),
    ];
    using netlink = testbed.host.inNamespace(() => new Netlink(present(sys)));
    netlink.deleteLink(testbed.host.interface.index);
    for (const link of links) link.detach();
    expect((await diagnosticOf(() => tc.attach("pass", { ...where, direction: "ingress" }))).code).toBe("BPF6230");
  });

  test.each([
    [{}, "interface is"],
    [{ interface: "lo" }, "direction"],
    [{ interface: "lo", direction: "toString" }, 'direction is "ingress" or "egress", not "toString"'],
    [{ interface: ["lo"], direction: "ingress" }, "interface is"],
    [{ interface: "lo", direction: "ingress", mode: "skb" }, 'mode is "tcx" or "clsact"'],
    [{ interface: "lo", direction: "ingress", prioritiy: 1 }, 'no attach option "prioritiy"'],
    [{ interface: "lo", direction: "ingress", priority: 65536 }, "priority is a whole number from 1 to 65535"],
    [{ interface: "lo", direction: "ingress", priority: -1 }, "priority"],
    [{ interface: "lo", direction: "ingress", handle: 1 }, "within a priority"],
    [{ interface: "lo", direction: "ingress", mode: "tcx", priority: 1 }, "tcx has no priority"],
    [{ interface: "lo", direction: "ingress", mode: "clsact", before: "all" }, "clsact has no before"],
    [{ interface: "lo", direction: "ingress", priority: 1, after: "all" }, "priority is for clsact and after for tcx"],
    [{ interface: "lo", direction: "ingress", before: "all", after: "all" }, "before another one or after one"],
    [{ interface: "lo", direction: "ingress", before: { link: 2 ** 32 } }, "the id in before"],
    [{ interface: "lo", direction: "ingress", before: { fd: 3 } }, "before is"],
    [{ interface: "lo", direction: "ingress", before: null }, "before is"],
    [{ interface: "lo", direction: "ingress", expectedRevision: 1.5 }, "expectedRevision"],
    [{ interface: "lo", direction: "ingress", expectedRevision: 2n ** 64n }, "expectedRevision"],
  ])("hostile options %o are refused", async (options, words) => {
    using loaded = await kernel().load(dropping);
    const attach = () => present(loaded.programs.get("pass")).attach(options as unknown as AttachOptions);
    const refused = await diagnosticOf(attach);
    expect(refused.code).toBe("BPF6234");
    expect(refused.message).toContain(words);
  });
});
