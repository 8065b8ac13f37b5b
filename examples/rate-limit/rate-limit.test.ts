// The rate limit on both back ends, its arithmetic under a clock that the test moves, and on real traffic.
import type { BpfObject } from "@typebpf/abi";
import { compile } from "@typebpf/codegen";
import { arp, ethernet, icmp, ipv4, ipv6, kernel, load, packet, simulator, virtualClock } from "@typebpf/loader";
import { createTestbed } from "@typebpf/loader/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { backends, inKernel, kernelHere } from "../testing.ts";

type Limiter = typeof import("./rate-limit.bpf.ts");

const second = 1_000_000_000n;
/** So slow that no token comes while the test runs. */
const never = 1_000_000n * second;
const from = (saddr: string): Uint8Array => packet(ethernet(), ipv4({ saddr }), icmp());
const repeat = <T>(count: number, action: () => T): readonly T[] => Array.from({ length: count }, action);

let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./rate-limit.bpf.ts", import.meta.url));
});

for (const { name, make, here } of backends) {
  describe.skipIf(!here)(name, () => {
    test("each source has its own burst, and what is over it is dropped and counted", async () => {
      using limiter = await load<Limiter>(object, make());
      const { limits, buckets } = limiter.maps;
      limits.set(0, { nsPerToken: never, burst: 3n });
      const send = (saddr: string) => limiter.programs.limit.run(from(saddr)).action;
      expect(repeat(5, () => send("192.0.2.1"))).toEqual(["PASS", "PASS", "PASS", "DROP", "DROP"]);
      expect(repeat(2, () => send("192.0.2.2"))).toEqual(["PASS", "PASS"]);
      expect(buckets.get(ipv4("192.0.2.1"))).toMatchObject({ tokens: 0n, dropped: 2n });
      expect(buckets.get(ipv4("192.0.2.2"))).toMatchObject({ tokens: 1n, dropped: 0n });
      expect(buckets.size).toBe(2);
    });

    test("tokens come back, never more than the burst", async () => {
      using limiter = await load<Limiter>(object, make());
      const { limits, buckets } = limiter.maps;
      // A token each nanosecond: between two packets the bucket is full again.
      limits.set(0, { nsPerToken: 1n, burst: 3n });
      expect(repeat(8, () => limiter.programs.limit.run(from("192.0.2.1")).action)).toEqual(repeat(8, () => "PASS"));
      expect(buckets.get(ipv4("192.0.2.1"))).toMatchObject({ tokens: 2n, dropped: 0n });
    });

    test("without a limit, and what is not IPv4, passes", async () => {
      using limiter = await load<Limiter>(object, make());
      const { limit } = limiter.programs;
      expect(limit.run(from("192.0.2.1")).action).toBe("PASS");
      limiter.maps.limits.set(0, { nsPerToken: never, burst: 1n });
      const others = [packet(ethernet(), arp()), packet(ethernet(), ipv6(), icmp()), from("192.0.2.1").slice(0, 33)];
      for (const one of [...others, ...others]) expect(limit.run(one).action).toBe("PASS");
      expect(limiter.maps.buckets.size).toBe(0);
    });
  });
}

test("a fraction of a token is not lost", async () => {
  const clock = virtualClock({ tick: 0n });
  using limiter = await load<Limiter>(object, simulator({ clock }));
  limiter.maps.limits.set(0, { nsPerToken: 10n, burst: 1n });
  const after = (nanoseconds: bigint) => {
    clock.advance(nanoseconds);
    return limiter.programs.limit.run(from("192.0.2.1")).action;
  };
  expect([0n, 9n, 6n, 4n, 1n].map(after)).toEqual(["PASS", "DROP", "PASS", "DROP", "PASS"]);
});

test.skipIf(!kernelHere)(`stops a burst of real traffic in the ${inKernel}`, async () => {
  await using testbed = await createTestbed();
  using limiter = await load<Limiter>(object, kernel());
  const [busy = "", quiet = ""] = testbed.peer.addresses;
  const { limits, buckets } = limiter.maps;
  limits.set(0, { nsPerToken: never, burst: 4n });
  const link = testbed.host.inNamespace(() =>
    limiter.programs.limit.attach({ interface: testbed.host.interface.name }),
  );
  expect(await testbed.ping({ from: busy, count: 10, timeoutMs: 500 })).toEqual({ sent: 10, received: 4 });
  expect(await testbed.ping({ from: quiet, count: 4 })).toEqual({ sent: 4, received: 4 });
  expect(buckets.get(ipv4(busy))?.dropped).toBe(6n);
  limits.set(0, {});
  expect(await testbed.ping({ from: busy, count: 10 })).toEqual({ sent: 10, received: 10 });
  limits.set(0, { nsPerToken: never, burst: 1n });
  link.detach();
  expect(await testbed.ping({ from: busy, count: 10 })).toEqual({ sent: 10, received: 10 });
});
