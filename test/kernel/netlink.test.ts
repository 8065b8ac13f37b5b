// The netlink client against the running kernel, inside of namespaces of the test's own. Needs root.
import { expect, test } from "vitest";
import { Netlink } from "../../packages/loader/src/kernel/netlink.ts";
import { openSys } from "../../packages/loader/src/kernel/sys.ts";
import { createNamespace } from "../../packages/loader/src/testing/namespace.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf, present } from "./objects.ts";

describeKernel("netlink", () => {
  test("a veth pair is made, changed, moved and deleted", async () => {
    const sys = await openSys();
    using near = await createNamespace(sys);
    using far = await createNamespace(sys);
    using netlink = near.run(() => new Netlink(sys));
    const find = (name: string) => netlink.links().find((link) => link.name === name);
    netlink.createVeth({ name: "a", namespace: near.fd }, { name: "b", namespace: near.fd });
    const { index, up, mtu } = present(find("a"));
    expect({ up, mtu }).toEqual({ up: false, mtu: 1500 });
    netlink.setMac(index, "02:00:00:00:0a:0b");
    netlink.setUp(index);
    expect(find("a")).toMatchObject({ mac: "02:00:00:00:0a:0b", up: true });
    netlink.setUp(present(find("b")).index);
    netlink.addAddress(index, "10.9.0.1", 24);
    netlink.addAddress(index, "fd09::1", 64);
    netlink.addRoute({ to: "10.10.0.0", prefix: 16, index, gateway: "10.9.0.2" });
    netlink.addRoute({ to: "0.0.0.0", prefix: 0, index });
    netlink.addRoute({ to: "fd10::", prefix: 64, index, gateway: "fd09::2" });
    const again = await diagnosticOf(() =>
      netlink.addRoute({ to: "10.10.0.0", prefix: 16, index, gateway: "10.9.0.2" }),
    );
    expect(again).toMatchObject({ code: "BPF6240" });
    expect(again.message).toContain("route to 10.10.0.0/16: EEXIST");
    netlink.moveLink(present(find("b")).index, far.fd);
    expect(find("b")).toBeUndefined();
    using other = far.run(() => new Netlink(sys));
    expect(other.links().map((link) => link.name)).toContain("b");
    netlink.deleteLink(index);
    expect(other.links().map((link) => link.name)).toEqual(["lo"]);
  });

  test("refusals carry the kernel's own words", async () => {
    const sys = await openSys();
    using namespace = await createNamespace(sys);
    using netlink = namespace.run(() => new Netlink(sys));
    const gateway = await diagnosticOf(() =>
      netlink.addRoute({ to: "10.1.0.0", prefix: 16, index: 1, gateway: "10.9.9.9" }),
    );
    expect(gateway.message).toMatch(/: Device for nexthop is not up|: Nexthop has invalid gateway/u);
    const prefix = await diagnosticOf(() => netlink.addAddress(1, "10.0.0.1", 33));
    expect(prefix.message).toMatch(/10\.0\.0\.1\/33: .*\(?EINVAL/u);
    expect((await diagnosticOf(() => netlink.deleteLink(4711))).message).toContain("ENODEV");
    expect((await diagnosticOf(() => netlink.addAddress(1, "10.0.0.256", 8))).code).toBe("BPF6154");
  });
});
