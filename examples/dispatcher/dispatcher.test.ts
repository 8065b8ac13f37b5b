// The dispatcher on both back ends, and on a real interface.
import type { BpfObject } from "@typebpf/abi";
import { compile } from "@typebpf/codegen";
import { arp, ethernet, icmp, ipv4, kernel, type Layer, load, packet, tcp, udp } from "@typebpf/loader";
import { createTestbed } from "@typebpf/loader/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { backends, inKernel, kernelHere } from "../testing.ts";

type Dispatcher = typeof import("./dispatcher.bpf.ts");

let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./dispatcher.bpf.ts", import.meta.url));
});

interface Counts {
  readonly passed: bigint;
  readonly dropped: bigint;
}

/** Packets that passed, and that were dropped, on all CPUs. */
const sum = (copies: readonly Counts[] | undefined): readonly bigint[] =>
  (["passed", "dropped"] as const).map((which) => (copies ?? []).reduce((total, one) => total + one[which], 0n));

for (const { name, make, here } of backends) {
  describe.skipIf(!here)(name, () => {
    test("each protocol has its program, and others pass", async () => {
      using dispatcher = await load<Dispatcher>(object, make());
      const run = (...layers: readonly (Layer | Uint8Array | string)[]) =>
        dispatcher.programs.dispatch.run(packet(...(layers as readonly Layer[]))).action;
      expect(run(ethernet(), ipv4(), icmp({ type: 8 }))).toBe("PASS");
      expect(run(ethernet(), ipv4(), icmp({ type: 8 }), new Uint8Array(1000))).toBe("DROP");
      expect(run(ethernet(), ipv4(), tcp({ dest: 80 }))).toBe("PASS");
      expect(run(ethernet(), ipv4(), tcp({ dest: 23 }))).toBe("DROP");
      expect(run(ethernet(), ipv4({ options: new Uint8Array(8) }), tcp({ dest: 23 }))).toBe("DROP");
      expect(run(ethernet(), ipv4(), udp({ source: 0, dest: 53 }))).toBe("DROP");
      expect(run(ethernet(), ipv4({ protocol: 47 }), "gre")).toBe("PASS");
      expect(run(ethernet(), arp())).toBe("PASS");
      const { counts } = dispatcher.maps;
      expect([1, 6, 17, 47].map((protocol) => sum(counts.get(protocol)))).toEqual([
        [1n, 1n],
        [1n, 2n],
        [0n, 1n],
        [1n, 0n],
      ]);
    });
  });
}

test.skipIf(!kernelHere)(`a program is taken out while packets flow in the ${inKernel}`, async () => {
  await using testbed = await createTestbed();
  using dispatcher = await load<Dispatcher>(object, kernel());
  using _ = testbed.host.inNamespace(() => dispatcher.programs.dispatch.attach({ interface: "veth0" }));
  expect(await testbed.ping({ from: "10.42.0.2" })).toEqual({ sent: 3, received: 3 });
  expect(sum(dispatcher.maps.counts.get(1))).toEqual([3n, 0n]);
  dispatcher.maps.protocols.set(1, dispatcher.programs.tcp);
  expect((await testbed.ping({ from: "10.42.0.2" })).received).toBe(3);
  expect(sum(dispatcher.maps.counts.get(6))[0]).toBeGreaterThanOrEqual(3n);
});
