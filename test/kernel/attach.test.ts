// XDP programs on a real veth pair: traffic of one source stops and comes back, hooks that are taken, interfaces that do
// not exist. Needs root.
import { expect, test } from "vitest";
import type { AttachOptions } from "../../packages/loader/src/backend.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { ipBytes } from "../../packages/loader/src/kernel/socket-address.ts";
import { createTestbed, type TestbedSide } from "../../packages/loader/src/testing/index.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf, object, present, program, sourceFilter } from "./objects.ts";

const zeroKey = new Uint8Array(4);

async function loadFilter(side: TestbedSide) {
  const loaded = await kernel().load(sourceFilter);
  const filter = present(loaded.programs.get("filter"));
  return {
    attach: (options: AttachOptions) => side.inNamespace(() => filter.attach(options)),
    block: (address: string) => present(loaded.maps.get("blocked")).update(zeroKey, ipBytes(address), 0),
    hits: (): number =>
      Number(
        new DataView((present(loaded.maps.get("hits")).lookup(zeroKey) as Uint8Array).buffer).getBigUint64(0, true),
      ),
    [Symbol.dispose]: () => loaded[Symbol.dispose](),
  };
}

const quick = { timeoutMs: 300 };

describeKernel("XDP on an interface", () => {
  test.each(["native", "generic"] as const)("%s: the blocked source's traffic stops, and comes back", async (mode) => {
    await using testbed = await createTestbed();
    using filter = await loadFilter(testbed.host);
    const link = filter.attach({ interface: "veth0", mode });
    expect(link.description).toBe(`xdp on veth0 (${mode})`);
    expect(link.id).toBeGreaterThan(0);
    expect(filter.block("10.42.0.3")).toBe(0);
    expect(await testbed.ping({ from: "10.42.0.2" })).toEqual({ sent: 3, received: 3 });
    expect(await testbed.udp({ from: "10.42.0.2" })).toEqual({ sent: 3, received: 3 });
    expect(filter.hits()).toBe(0);
    expect(await testbed.ping({ from: "10.42.0.3", ...quick })).toEqual({ sent: 3, received: 0 });
    expect(filter.hits()).toBe(3);
    expect(await testbed.udp({ from: "10.42.0.3", count: 5, ...quick })).toEqual({ sent: 5, received: 0 });
    expect(filter.hits()).toBe(8);
    expect(await testbed.http({ from: "10.42.0.3", ...quick })).toBeUndefined();
    expect(await testbed.http({ from: "10.42.0.2" })).toEqual({ status: 200, body: "hello 10.42.0.2" });
    expect(await testbed.http({ from: "fd42::2" })).toEqual({ status: 200, body: "hello fd42::2" });
    link.detach();
    link.detach();
    expect(await testbed.ping({ from: "10.42.0.3" })).toEqual({ sent: 3, received: 3 });
    expect(testbed.host.links().find((one) => one.name === "veth0")?.xdp).toBeUndefined();
  });

  test("without a mode the kernel picks; disposing the object detaches", async () => {
    await using testbed = await createTestbed();
    const attached = () => testbed.host.links().find((one) => one.name === "veth0")?.xdp;
    {
      using filter = await loadFilter(testbed.host);
      const link = filter.attach({ interface: testbed.host.interface.index });
      expect(link.description).toBe("xdp on veth0 (native)");
      expect(attached()).toBeDefined();
    }
    expect(attached()).toBeUndefined();
  });

  test("a taken hook names its holder and the way out", async () => {
    await using testbed = await createTestbed();
    using first = await loadFilter(testbed.host);
    using second = await loadFilter(testbed.host);
    const link = first.attach({ interface: "veth0" });
    for (const mode of ["native", "generic"] as const) {
      const refused = await diagnosticOf(() => second.attach({ interface: "veth0", mode }));
      expect(refused.code).toBe("BPF6231");
      expect(refused.message).toMatch(/attached to veth0: program \d+ \("filter"\), native$/u);
      expect(refused.help).toContain(`bpftool link detach id ${link.id}`);
    }
    link.detach();
    using again = second.attach({ interface: "veth0" });
    expect(again.description).toContain("veth0");
  });

  test("an unknown interface: those that exist, and the nearest", async () => {
    await using testbed = await createTestbed();
    using filter = await loadFilter(testbed.host);
    const refused = await diagnosticOf(() => filter.attach({ interface: "vteh0" }));
    expect(refused).toMatchObject({ code: "BPF6230", help: 'did you mean "veth0"?' });
    expect(refused.notes.join()).toMatch(/lo \(1\).*veth0 \(\d+\)/u);
    expect((await diagnosticOf(() => filter.attach({ interface: 9999 }))).message).toContain("index 9999");
    // The peer's end is in another namespace.
    expect((await diagnosticOf(() => filter.attach({ interface: "veth1" }))).code).toBe("BPF6230");
  });

  test("a driver without XDP: only the generic mode", async () => {
    await using testbed = await createTestbed();
    using filter = await loadFilter(testbed.host);
    const refused = await diagnosticOf(() => filter.attach({ interface: "lo", mode: "native" }));
    expect(refused).toMatchObject({ code: "BPF6232" });
    expect(refused.help).toContain("generic");
    using link = filter.attach({ interface: "lo" });
    expect(link.description).toBe("xdp on lo (generic)");
  });

  test("hostile options are refused, not attached", async () => {
    using loaded = await kernel().load(object([program("p", "w0 = 2\nexit")]));
    const attach = (options: AttachOptions) => diagnosticOf(() => present(loaded.programs.get("p")).attach(options));
    expect((await attach({ interface: "\0/../x\u001b[31m" })).code).toBe("BPF6230");
    // What a caller without types may write.
    expect((await attach({ interface: "lo", mode: "toString" as "native" })).message).toContain(
      'no XDP mode "toString"',
    );
  });
});
