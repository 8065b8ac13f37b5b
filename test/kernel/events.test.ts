// A tc filter in TypeScript that reports packets on a ring buffer, followed with typed records while real traffic passes.
// Needs root.
import { expect } from "vitest";
import { compile } from "../../packages/codegen/src/compile.ts";
import { ipv4 } from "../../packages/loader/src/address.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { load } from "../../packages/loader/src/load.ts";
import { createTestbed } from "../../packages/loader/src/testing/index.ts";
import { describeKernel, testSince } from "./gate.ts";

describeKernel("a filter that reports packets", () => {
  const modes = [
    ["tcx", "6.6"],
    ["clsact", "4.5"],
  ] as const;
  for (const [mode, since] of modes)
    testSince(since, `by ${mode}`, async () => {
      await using testbed = await createTestbed();
      const object = await compile(new URL("./filters/watch.bpf.ts", import.meta.url));
      using loaded = await load<typeof import("./filters/watch.bpf.ts")>(object, kernel());
      const { watch } = loaded.programs;
      using _ = testbed.host.inNamespace(() => watch.attach({ interface: "veth0", direction: "ingress", mode }));
      const following = (async () => {
        const sources = new Map<number, number>();
        let last = 0n;
        for await (const { at, source, length } of loaded.maps.seen) {
          expect(at).toBeGreaterThan(last);
          last = at;
          // Ethernet, IPv4, ICMP, 56 bytes.
          expect(length).toBe(98);
          sources.set(source, (sources.get(source) ?? 0) + 1);
          if (sources.get(ipv4("10.42.0.3")) === 2) break;
        }
        return sources;
      })();
      await testbed.ping({ from: "10.42.0.2", count: 3 });
      await testbed.ping({ from: "10.42.0.3", count: 2 });
      expect(await following).toEqual(
        new Map([
          [ipv4("10.42.0.2"), 3],
          [ipv4("10.42.0.3"), 2],
        ]),
      );
      expect(loaded.maps.seen.drain()).toEqual([]);
    });
});
