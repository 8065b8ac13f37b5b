// Run by metadata.test.ts in a process of its own, inside a network namespace of the test's, because a program for one device is
// loaded where the device is: attaches it, and when it is asked sends what its map holds.
import { compile } from "../../packages/codegen/src/index.ts";
import { kernel, load } from "../../packages/loader/src/index.ts";

type Filters = typeof import("./filters/metadata.bpf.ts");
const targetKernel = "6.8";
const source = new URL("filters/metadata.bpf.ts", import.meta.url);
for (const level of [0, 1] as const) {
  using _ = await kernel({ device: "veth0" }).load(await compile(source, { targetKernel, level }));
}
const object = await compile(source, { targetKernel });
const filters = await load<Filters>(object, kernel({ device: "veth0" }));
const { programs, maps } = filters;

process.once("disconnect", () => process.exit(1));
const link = programs.reads.attach({ interface: "veth0", mode: "native" });
process.on("message", () => process.send?.([0, 1, 2, 3, 4].map((index) => String(maps.told.get(index)))));
process.send?.("ready");
setInterval(() => link, 1 << 30);
