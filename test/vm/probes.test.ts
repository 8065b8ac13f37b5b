// Probes of functions of the kernel, and an action behind a filter of traffic control: what the host's kernel lacks.
import { openSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readElf } from "../../packages/abi/src/index.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { load } from "../../packages/loader/src/load.ts";
import { createTestbed } from "../../packages/loader/src/testing/index.ts";
import { describeGuest } from "./gate.ts";

type Filters = typeof import("./filters/probes.bpf.ts");

/** Compiled on the host, where it takes seconds. */
function object() {
  const read = readElf(readFileSync(new URL("./filters/probes.bpf.o", import.meta.url)));
  if (!("format" in read)) throw new Error(JSON.stringify(read));
  return read;
}

describeGuest("probes and actions", () => {
  const loaded = () => load<Filters>(object(), kernel(), { config: { settings: { process: process.pid } } });

  test("kprobe and kretprobe see each call and its result, until they are detached", async () => {
    using filters = await loaded();
    const links = [filters.programs.opening.attach({}), filters.programs.opened.attach({})];
    const open = () => expect(() => openSync("/absent/file", "r")).toThrow("ENOENT");
    for (let call = 0; call < 3; call++) open();
    expect(filters.maps.counts.get(0)).toBeGreaterThanOrEqual(3n);
    expect(filters.maps.counts.get(1)).toBe(3n);
    for (const link of links) link.detach();
    open();
    expect(filters.maps.counts.get(1)).toBe(3n);
  });

  test("an action drops what its filter hands to it, until it is detached", async () => {
    await using testbed = await createTestbed();
    using filters = await loaded();
    const ping = () => testbed.ping({ from: "10.42.0.2", count: 2, timeoutMs: 1000 });
    expect((await ping()).received).toBe(2);
    const link = testbed.host.inNamespace(() =>
      filters.programs.drop.attach({ interface: "veth0", direction: "ingress" }),
    );
    expect((await ping()).received).toBe(0);
    expect(filters.maps.counts.get(2)).toBeGreaterThan(0n);
    testbed.host.inNamespace(() => link.detach());
    expect((await ping()).received).toBe(2);
  });
});
