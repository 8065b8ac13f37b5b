// Programs of routes, of network namespaces, of groups of sockets and of the packet filter, attached in namespaces of their
// own: traffic stops, and comes back. Needs root.
import { execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { compile } from "../../packages/codegen/src/index.ts";
import type { AttachOptions } from "../../packages/loader/src/backend.ts";
import { type KernelProgram, kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { Netlink } from "../../packages/loader/src/kernel/netlink.ts";
import { addRoute } from "../../packages/loader/src/kernel/netlink-route.ts";
import { openSys } from "../../packages/loader/src/kernel/sys.ts";
import { createTestbed, type TestbedSide } from "../../packages/loader/src/testing/index.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf, present } from "./objects.ts";
import { sharingSocket } from "./reuse-port.ts";

const sys = await openSys().catch(() => undefined);
const quick = { timeoutMs: 300, count: 2 };
const object = await compile(new URL("filters/network.bpf.ts", import.meta.url), { targetKernel: "6.6" });

/** Loads one program of the file, with the map. */
async function load(name: string) {
  const programs = object.programs.filter((one) => one.name === name);
  const loaded = await kernel().load({ ...object, programs });
  const seen = present(loaded.maps.get("seen"));
  return {
    program: loaded.programs.get(name),
    attach: (side: TestbedSide, options: AttachOptions) =>
      side.inNamespace(() => present(loaded.programs.get(name)).attach(options)),
    seen: (hook: number) => {
      const value = seen.lookup(new Uint8Array(Uint32Array.of(hook).buffer));
      return typeof value === "number" ? value : Number(new BigUint64Array(value.slice().buffer)[0]);
    },
    [Symbol.dispose]: () => loaded[Symbol.dispose](),
  };
}

function ip(side: TestbedSide, ...args: readonly string[]): string {
  return side.inNamespace(() => execFileSync("ip", args, { encoding: "utf8" }));
}

describeKernel("a program of a route", () => {
  test.each(["dropXmit", "countOut"])("%s: packets to the peer meet it, and the route goes with it", async (name) => {
    await using testbed = await createTestbed();
    using loaded = await load(name);
    using link = loaded.attach(testbed.host, { to: "10.42.0.2", interface: "veth0" });
    expect(link.description).toBe(`${name === "countOut" ? "lwt_out" : "lwt_xmit"} on the route to 10.42.0.2`);
    expect(link.attached?.()).toBe(true);
    expect(ip(testbed.host, "route")).toContain(`typebpf:${name}`);
    const received = name === "countOut" ? 2 : 0;
    expect(await testbed.ping({ from: "10.42.0.1", to: "10.42.0.2", ...quick })).toEqual({ sent: received, received });
    expect(await testbed.ping({ from: "10.42.0.1", to: "10.42.0.3" })).toEqual({ sent: 3, received: 3 });
    expect(loaded.seen(name === "countOut" ? 1 : 2)).toBeGreaterThanOrEqual(2);
    link.detach();
    link.detach();
    expect(ip(testbed.host, "route")).not.toContain("typebpf");
    expect(await testbed.ping({ from: "10.42.0.1", to: "10.42.0.2" })).toEqual({ sent: 3, received: 3 });
  });

  test("lwt_in on the local route of an address, which comes back", async () => {
    await using testbed = await createTestbed();
    using loaded = await load("dropIn");
    const before = ip(testbed.host, "route", "show", "table", "local");
    const where = { to: "10.42.0.1", interface: "veth0", type: "local" } as const;
    expect(await diagnosticOf(() => loaded.attach(testbed.host, where))).toMatchObject({
      code: "BPF6231",
      help: "give replace: true, and it comes back when the program is detached",
    });
    using link = loaded.attach(testbed.host, { ...where, replace: true });
    expect(await testbed.ping({ from: "10.42.0.2", ...quick })).toEqual({ sent: 2, received: 0 });
    expect(loaded.seen(0)).toBe(2);
    expect((await testbed.udp({ from: "10.42.0.2" })).received).toBe(3);
    expect(await diagnosticOf(() => loaded.attach(testbed.host, { ...where, replace: true }))).toMatchObject({
      code: "BPF6231",
      message: "the route to 10.42.0.1 has the program typebpf:dropIn",
    });
    link.detach();
    expect(ip(testbed.host, "route", "show", "table", "local")).toBe(before);
    expect(await testbed.ping({ from: "10.42.0.2" })).toEqual({ sent: 3, received: 3 });
  });

  test("a route that an earlier run left behind is replaced, with a warning", async () => {
    await using testbed = await createTestbed();
    using loaded = await load("dropXmit");
    testbed.host.inNamespace(() => {
      using netlink = new Netlink(present(sys));
      const { fd } = present(loaded.program) as KernelProgram;
      const route = {
        to: Uint8Array.of(10, 42, 0, 2),
        bits: 32,
        table: 254,
        type: "unicast",
        ifindex: testbed.host.interface.index,
      } as const;
      const program = { hook: "xmit", fd: fd.number, name: "typebpf:dropXmit" } as const;
      expect(addRoute(netlink, { ...route, program }, false)).toMatchObject({ text: "" });
    });
    using link = loaded.attach(testbed.host, { to: "10.42.0.2/32", interface: "veth0" });
    expect(link.warnings).toMatchObject([{ code: "BPF6235", severity: "warning" }]);
    const again = await diagnosticOf(() => loaded.attach(testbed.host, { to: "10.42.0.2/32", interface: "veth0" }));
    expect(again?.code).toBe("BPF6231");
    link.detach();
    expect(ip(testbed.host, "route")).not.toContain("typebpf");
  });

  test.each([
    [{ to: "10.42.0.2/33", interface: "veth0" }, "10.42.0.2/33 has no length from 0 to 32 behind its slash"],
    [{ to: "10.42.0.2/24", interface: "veth0" }, "10.42.0.2/24 has bits behind its first 24"],
    [{ interface: "veth0" }, "the destination is missing"],
    [{ to: "10.0.0.0/8", interface: "veth0", via: "fd42::1" }, "to and via are addresses of one family"],
    [{ to: "10.0.0.0/8", interface: "veth0", type: "blue" }, 'type is "unicast" or "local", not "blue"'],
    [{ to: "10.0.0.0/8", device: "veth0" }, 'a lwt_xmit program has no attach option "device"'],
  ])("%j is refused", async (options, message) => {
    await using testbed = await createTestbed();
    using loaded = await load("dropXmit");
    expect((await diagnosticOf(() => loaded.attach(testbed.host, options as AttachOptions)))?.message).toBe(message);
  });
});

describeKernel("a program of a network namespace", () => {
  test("sk_lookup drops what is for a port", async () => {
    await using testbed = await createTestbed();
    using loaded = await load("refuse");
    const port = await testbed.host.listen(createServer(), { address: "10.42.0.1", port: 7007 });
    const connect = () =>
      testbed.peer.connect({ from: "10.42.0.2", to: { address: "10.42.0.1", port }, timeoutMs: 150 });
    using link = loaded.attach(testbed.host, {});
    expect((await diagnosticOf(connect)).message).toMatch("ECONNREFUSED");
    expect(loaded.seen(4)).toBeGreaterThan(0);
    link.detach();
    expect(await connect()).toBeDefined();
  });

  test("a flow dissector sees what the stack hashes", async () => {
    await using testbed = await createTestbed();
    using loaded = await load("dissect");
    testbed.host.inNamespace(() =>
      execFileSync("unshare", [
        "-m",
        "sh",
        "-c",
        "mount -t sysfs none /sys && echo 3 > /sys/class/net/veth0/queues/rx-0/rps_cpus",
      ]),
    );
    using link = loaded.attach(testbed.host, {});
    expect(await testbed.ping({ from: "10.42.0.2" })).toEqual({ sent: 3, received: 3 });
    expect(loaded.seen(3)).toBeGreaterThanOrEqual(3);
    expect((await diagnosticOf(() => loaded.attach(testbed.host, {})))?.code).toBe("BPF6231");
    link.detach();
    const seen = loaded.seen(3);
    await testbed.ping({ from: "10.42.0.2" });
    expect(loaded.seen(3)).toBe(seen);
  });

  test("what is no namespace is refused", async () => {
    using loaded = await load("refuse");
    await using testbed = await createTestbed();
    const attach = (namespace: string | number) => diagnosticOf(() => loaded.attach(testbed.host, { namespace }));
    expect((await attach("/nowhere"))?.message).toMatch('the network namespace "/nowhere" cannot be opened');
    expect((await attach("/dev/null"))?.code).toBe("BPF6234");
    expect((await attach(-1))?.code).toBe("BPF6234");
  });
});

describeKernel("a program of a group of sockets", () => {
  test("drops what comes for the port", async () => {
    await using testbed = await createTestbed();
    using loaded = await load("dropAll");
    const receiver = await sharingSocket(testbed.host, 7070);
    const sender = await testbed.peer.udpSocket({ address: "10.42.0.2", port: 0 });
    const received: string[] = [];
    receiver.on("message", (message) => received.push(message.toString()));
    const send = async (text: string) => {
      sender.send(text, 7070, "10.42.0.1");
      await delay(40);
      return received;
    };
    const link = loaded.attach(testbed.host, { socket: receiver });
    expect(await send("dropped")).toEqual([]);
    link.detach();
    link.detach();
    expect(await send("after")).toEqual(["after"]);
    receiver.close();
    expect((await diagnosticOf(() => loaded.attach(testbed.host, { socket: 999_999 }))).code).toBe("BPF6238");
  });

  test("a socket that does not share its port is refused", async () => {
    await using testbed = await createTestbed();
    using loaded = await load("dropAll");
    const socket = await testbed.host.udpSocket({ address: "10.42.0.1", port: 0 });
    expect((await diagnosticOf(() => loaded.attach(testbed.host, { socket }))).message).toBe(
      "the socket does not share its port",
    );
  });
});

describeKernel("a program of the packet filter", () => {
  test("drops at a hook of the namespace", async () => {
    await using testbed = await createTestbed();
    using loaded = await load("dropPackets");
    const where = { family: "ipv4", hook: "input", priority: -128 } as const;
    using link = loaded.attach(testbed.host, where);
    expect(link.description).toBe("netfilter ipv4 input (priority -128)");
    expect(await testbed.ping({ from: "10.42.0.2", ...quick })).toEqual({ sent: 2, received: 0 });
    expect(await testbed.ping({ from: "fd42::2" })).toEqual({ sent: 3, received: 3 });
    expect((await diagnosticOf(() => loaded.attach(testbed.host, where)))?.message).toBe(
      "another program has this priority at the hook",
    );
    expect((await diagnosticOf(() => loaded.attach(testbed.host, { ...where, hook: "inp" } as never)))?.code).toBe(
      "BPF6234",
    );
    link.detach();
    expect(await testbed.ping({ from: "10.42.0.2" })).toEqual({ sent: 3, received: 3 });
  });
});
