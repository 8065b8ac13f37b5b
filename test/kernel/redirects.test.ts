// Redirects by maps of interfaces and CPUs seen on the wire, with the programs of their entries, and packets in fragments,
// in the driver and after it. Needs root.
import { execFileSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { compile } from "../../packages/codegen/src/index.ts";
import { kernel, load } from "../../packages/loader/src/index.ts";
import { createTestbed } from "../../packages/loader/src/testing/index.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf } from "./objects.ts";

type Filters = typeof import("./filters/redirects.bpf.ts");
const object = await compile(new URL("filters/redirects.bpf.ts", import.meta.url));
const modes = ["native", "generic"] as const;

describeKernel("XDP redirects by maps", () => {
  test.each(modes)("%s: packets leave by a device map, and its program changes them", async (mode) => {
    await using testbed = await createTestbed();
    using filters = await load<Filters>(object, kernel());
    const { programs, maps } = filters;
    // An end of a veth pair takes what the other sends from XDP only while it has a program too.
    using _ = testbed.peer.inNamespace(() => programs.linearOnly.attach({ interface: "veth1", mode: "native" }));
    testbed.host.inNamespace(() => maps.ports.set(0, { interface: "veth0", program: programs.stamp }));
    using capture = testbed.peer.capture();
    using link = testbed.host.inNamespace(() => programs.back.attach({ interface: "veth0", mode }));
    expect(link.description).toContain(mode);
    await testbed.ping({ from: "10.42.0.2", count: 2, timeoutMs: 200 });
    const marked = capture.stop().filter(({ packet }) => packet[12] === 8 && packet[13] === 0 && packet[11] === 0x77);
    expect(marked.length).toBe(2);
  });

  test.each(modes)("%s: packets go on at a CPU, and its program sees them", async (mode) => {
    await using testbed = await createTestbed();
    using filters = await load<Filters>(object, kernel());
    const { programs, maps } = filters;
    maps.cpus.set(0, { queueSize: 64, program: programs.onCpu });
    using _ = testbed.host.inNamespace(() => programs.spread.attach({ interface: "veth0", mode }));
    expect(await testbed.ping({ from: "10.42.0.2" })).toEqual({ sent: 3, received: 3 });
    expect(maps.seen.get(0)).toBe(3n);
    maps.cpus.delete(0);
    expect((await testbed.ping({ from: "10.42.0.2", count: 2, timeoutMs: 200 })).received).toBe(0);
  });

  test.each(["stamp", "onCpu"] as const)("%s is attached to no interface", async (name) => {
    using filters = await load<Filters>(object, kernel());
    const refused = await diagnosticOf(() => filters.programs[name].attach({ interface: "lo" }));
    expect(refused.code).toBe("BPF6234");
    expect(refused.help).toMatch("put it into an entry: maps.");
  });

  test("packets in fragments: the linear part, the whole length, and bytes beyond", async () => {
    await using testbed = await createTestbed();
    using filters = await load<Filters>(object, kernel());
    const { programs, maps } = filters;
    const mtu = (name: string) => execFileSync("ip", ["link", "set", name, "mtu", "9000"]);
    testbed.host.inNamespace(() => mtu("veth0"));
    testbed.peer.inNamespace(() => mtu("veth1"));
    const where = { interface: "veth0", mode: "native" } as const;
    const linear = await diagnosticOf(() => testbed.host.inNamespace(() => programs.linearOnly.attach(where)));
    expect(linear.code).toBe("BPF6232");
    using _ = testbed.host.inNamespace(() => programs.measure.attach(where));
    const sender = await testbed.peer.udpSocket({ address: "10.42.0.2", port: 0 });
    sender.send(Buffer.alloc(8000, 0x5a), 7001, "10.42.0.1");
    await delay(60);
    expect(maps.seen.get(1)).toBe(BigInt(8000 + 8 + 20 + 14));
    expect(maps.seen.get(2)).toBeLessThan(8000n);
    expect(maps.seen.get(3)).toBe(0x5an);
  });
});
