// The counters on both back ends: single packets, a recorded capture, and real traffic.
import { readFileSync } from "node:fs";
import type { BpfObject } from "@typebpf/abi";
import { readCapture } from "@typebpf/cli";
import { compile } from "@typebpf/codegen";
import { IpProtocol } from "@typebpf/dsl/net";
import { arp, ethernet, icmp, icmpv6, ipv4, ipv6, kernel, type Loaded, load, packet, tcp, udp } from "@typebpf/loader";
import { createTestbed } from "@typebpf/loader/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { backends, inKernel, kernelHere } from "../testing.ts";

type Counter = typeof import("./protocol-counter.bpf.ts");

const { ICMP, TCP, UDP, ICMPV6 } = IpProtocol;
const NOT_IP = 255;
const captured = new URL("../captures/ping-dns-http.pcap", import.meta.url);

let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./protocol-counter.bpf.ts", import.meta.url));
});

/** Packets and bytes by protocol, summed over the CPUs. */
function totals(counter: Loaded<Counter>): ReadonlyMap<number, readonly [packets: bigint, bytes: bigint]> {
  const all = [...counter.maps.counters].map(([protocol, copies]) => {
    const packets = copies.reduce((sum, one) => sum + one.packets, 0n);
    const bytes = copies.reduce((sum, one) => sum + one.bytes, 0n);
    return [protocol, [packets, bytes]] as const;
  });
  return new Map(all.filter(([, [packets]]) => packets > 0n));
}

for (const { name, make, here } of backends) {
  describe.skipIf(!here)(name, () => {
    test("counts each packet once, under its protocol", async () => {
      using counter = await load<Counter>(object, make());
      const some = [
        packet(ethernet(), ipv4(), tcp(), "hello"),
        packet(ethernet(), ipv6(), tcp()),
        packet(ethernet(), ipv4(), udp()),
        packet(ethernet(), ipv6(), icmpv6()),
        packet(ethernet(), arp()),
        packet(ethernet(), ipv4(), udp()).slice(0, 33),
      ];
      for (const one of some) expect(counter.programs.count.run(one)).toMatchObject({ action: "PASS", packet: one });
      const [tcp4, tcp6, udp4, icmp6, other, cut] = some.map((one) => BigInt(one.length));
      expect(totals(counter)).toEqual(
        new Map([
          [TCP, [2n, (tcp4 ?? 0n) + (tcp6 ?? 0n)]],
          [UDP, [1n, udp4]],
          [ICMPV6, [1n, icmp6]],
          [NOT_IP, [2n, (other ?? 0n) + (cut ?? 0n)]],
        ]),
      );
    });

    test("counts recorded traffic", async () => {
      using counter = await load<Counter>(object, make());
      const { packets } = readCapture(readFileSync(captured), "ping-dns-http.pcap");
      for (const { data } of packets) counter.programs.count.run(data);
      const all = totals(counter);
      expect([...all.keys()]).toEqual([ICMP, TCP, UDP, ICMPV6, NOT_IP]);
      const sum = (at: 0 | 1): bigint => [...all.values()].reduce((total, one) => total + one[at], 0n);
      expect(sum(0)).toBe(BigInt(packets.length));
      expect(sum(1)).toBe(packets.reduce((total, { data }) => total + BigInt(data.length), 0n));
      // From each of three addresses 2 pings with their answers, 2 DNS queries with theirs.
      expect(all.get(ICMP)?.[0]).toBe(12n);
      expect(all.get(UDP)?.[0]).toBe(12n);
    });
  });
}

test.skipIf(!kernelHere)(`counts real traffic in the ${inKernel}, and no more once detached`, async () => {
  await using testbed = await createTestbed();
  using counter = await load<Counter>(object, kernel());
  const [from = ""] = testbed.peer.addresses;
  const link = testbed.host.inNamespace(() =>
    counter.programs.count.attach({ interface: testbed.host.interface.name }),
  );
  expect(await testbed.ping({ from, count: 3 })).toEqual({ sent: 3, received: 3 });
  expect(await testbed.udp({ from, count: 5 })).toEqual({ sent: 5, received: 5 });
  const bytes = BigInt(packet(ethernet(), ipv4(), icmp(), new Uint8Array(56)).length);
  expect(totals(counter).get(ICMP)).toEqual([3n, 3n * bytes]);
  expect(totals(counter).get(UDP)?.[0]).toBe(5n);
  link.detach();
  expect(await testbed.ping({ from, count: 3 })).toEqual({ sent: 3, received: 3 });
  expect(totals(counter).get(ICMP)?.[0]).toBe(3n);
});
