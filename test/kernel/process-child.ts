// Run by process.test.ts in a process of its own, inside a network namespace of the test's: takes up kernel resources,
// says so, and waits to be ended.
import { openSync } from "node:fs";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { Netlink } from "../../packages/loader/src/kernel/netlink.ts";
import { unpinAll } from "../../packages/loader/src/kernel/objects/pin.ts";
import { openSys } from "../../packages/loader/src/kernel/sys.ts";
import { createTestbed } from "../../packages/loader/src/testing/index.ts";
import { createNamespace } from "../../packages/loader/src/testing/namespace.ts";
import { present, sourceFilter } from "./objects.ts";

const tasks: Readonly<Record<string, () => Promise<unknown>>> = {
  /** A program on veth0. */
  attach: async () => {
    const loaded = await kernel().load(sourceFilter);
    return present(loaded.programs.get("filter")).attach({ interface: "veth0" });
  },
  /** A program on veth0 that is to stay: its link is pinned, and its maps, in the folder of the second argument. */
  pin: async () => {
    const folder = process.argv[3] ?? "";
    const loaded = await kernel({ pins: `${folder}/maps` }).load(sourceFilter);
    const link = present(loaded.programs.get("filter")).attach({ interface: "veth0" });
    link.pin?.(`${folder}/link`);
    return link;
  },
  /** The same, but the link's path is taken, which fails: maps and attachment are to go. */
  failingPin: async () => {
    const folder = process.argv[3] ?? "";
    const loaded = await kernel({ pins: `${folder}/maps` }).load(sourceFilter);
    const link = present(loaded.programs.get("filter")).attach({ interface: "veth0" });
    try {
      link.pin?.(`${folder}/maps`);
    } catch {
      unpinAll(loaded.pins);
      return link;
    }
    return undefined;
  },
  /** A test bed, and a namespace that holds the other end of an interface that the parent sees. */
  testbed: async () => {
    const testbed = await createTestbed();
    const sys = await openSys();
    const namespace = await createNamespace(sys);
    using netlink = new Netlink(sys);
    const here = openSync("/proc/thread-self/ns/net", "r");
    netlink.createVeth({ name: "witness", namespace: here }, { name: "inside", namespace: namespace.fd });
    return [testbed, namespace];
  },
};

const held = await tasks[process.argv[2] ?? ""]?.();
process.once("message", () => process.exit(0));
// The test is gone, in whichever way: so is its child.
process.once("disconnect", () => process.exit(1));
process.send?.(held === undefined ? "nothing" : "ready");
setInterval(() => held, 1 << 30);
