// Run by clsact.test.ts in a process of its own, inside a network namespace of the test's: attaches a clsact filter once,
// or again and again, says so, and waits to be ended.
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { dropping, present } from "./objects.ts";

const loaded = await kernel().load(dropping);
const drop = present(loaded.programs.get("drop"));
const where = { interface: "veth0", direction: "ingress", mode: "clsact" } as const;

process.once("disconnect", () => process.exit(1));
const link = drop.attach(where);
process.send?.("ready");
if (process.argv[2] === "again") {
  setImmediate(function again() {
    link.detach();
    drop.attach(where).detach();
    setImmediate(again);
  });
}
setInterval(() => link, 1 << 30);
