// The SYN filter on both back ends: what passes, what is reported, a full ring, and real connections.
import type { BpfObject } from "@typebpf/abi";
import { compile } from "@typebpf/codegen";
import { type Backend, ethernet, ipv4, ipv6, kernel, type Loaded, load, packet, tcp, udp } from "@typebpf/loader";
import { createTestbed } from "@typebpf/loader/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { backends, inKernel, kernelHere } from "../testing.ts";
import { textOf } from "../words.ts";

type Filter = typeof import("./syn-filter.bpf.ts");

const network4 = ipv4({ saddr: "192.0.2.1", daddr: "192.0.2.2" });
const network6 = ipv6({ saddr: "2001:db8::1", daddr: "2001:db8::2" });

let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./syn-filter.bpf.ts", import.meta.url));
});

/** The filter with port 80 open. */
async function start(backend: Backend): Promise<Loaded<Filter>> {
  const filter = await load<Filter>(object, backend);
  filter.maps.open.set(80, 0n);
  return filter;
}

for (const { name, make, here } of backends) {
  describe.skipIf(!here)(name, () => {
    test("a SYN passes to open ports only, and is reported", async () => {
      using loaded = await start(make());
      const { filter } = loaded.programs;
      const syn = (dest: number) => tcp({ source: 40_000, dest, syn: true });
      expect(filter.run(packet(ethernet(), network4, syn(80))).action).toBe("PASS");
      expect(filter.run(packet(ethernet(), network4, syn(22))).action).toBe("DROP");
      expect(filter.run(packet(ethernet(), network6, syn(80))).action).toBe("PASS");
      expect(filter.run(packet(ethernet(), network6, syn(8080))).action).toBe("DROP");
      const attempts = loaded.maps.attempts.drain();
      expect(
        attempts.map(({ source, dest, sourcePort, destPort, dropped }) => [
          textOf(source),
          textOf(dest),
          sourcePort,
          destPort,
          dropped,
        ]),
      ).toEqual([
        ["192.0.2.1", "192.0.2.2", 40_000, 80, 0],
        ["192.0.2.1", "192.0.2.2", 40_000, 22, 1],
        ["2001:db8::1", "2001:db8::2", 40_000, 80, 0],
        ["2001:db8::1", "2001:db8::2", 40_000, 8080, 1],
      ]);
      const times = attempts.map(({ timeNs }) => timeNs);
      expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : 1)));
      expect(loaded.maps.open.get(80)).toBe(2n);
      expect(loaded.maps.attempts.drain()).toEqual([]);
    });

    test("everything else passes and is not reported", async () => {
      using loaded = await start(make());
      const others = [
        packet(ethernet(), network4, tcp({ dest: 22 })),
        packet(ethernet(), network4, tcp({ dest: 22, syn: true, ack: true })),
        packet(ethernet(), network4, udp({ dest: 22 })),
        packet(ethernet(), ipv4({ fragOff: { offset: 8 } }), tcp({ dest: 22, syn: true, check: 0 })),
        packet(ethernet(), network4, tcp({ dest: 22, syn: true })).slice(0, 53),
        packet(ethernet(), network6, tcp({ dest: 22, syn: true })).slice(0, 73),
      ];
      for (const one of others) expect(loaded.programs.filter.run(one)).toMatchObject({ action: "PASS", packet: one });
      expect(loaded.maps.attempts.drain()).toEqual([]);
    });

    test("a full ring loses reports, never verdicts", async () => {
      using loaded = await start(make());
      const { filter } = loaded.programs;
      const closed = packet(ethernet(), network4, tcp({ dest: 22, syn: true }));
      expect(filter.run(closed, { repeat: 10_000 }).action).toBe("DROP");
      const { length } = loaded.maps.attempts.drain();
      // A record takes 48 bytes and 8 for the ring, of 64 pages.
      expect(length).toBe(Math.floor((64 * 4096 - 1) / 56));
      expect(filter.run(closed).action).toBe("DROP");
      expect(loaded.maps.attempts.drain()).toHaveLength(1);
    });
  });
}

test.skipIf(!kernelHere)(`keeps real connections out of closed ports in the ${inKernel}`, async () => {
  await using testbed = await createTestbed();
  using loaded = await start(kernel());
  const [from = ""] = testbed.peer.addresses;
  const visit = async (port: number) => (await testbed.http({ from, port, timeoutMs: 250 }))?.status;
  expect([await visit(80), await visit(8080)]).toEqual([200, 200]);
  const link = testbed.host.inNamespace(() =>
    loaded.programs.filter.attach({ interface: testbed.host.interface.name }),
  );
  expect([await visit(8080), await visit(80)]).toEqual([undefined, 200]);
  const seen: (readonly [source: string, port: number, dropped: number])[] = [];
  for await (const { source, destPort, dropped } of loaded.maps.attempts) {
    seen.push([textOf(source), destPort, dropped]);
    if (seen.length === 2) break;
  }
  expect(seen).toEqual([
    [from, 8080, 1],
    [from, 80, 0],
  ]);
  link.detach();
  expect(await visit(8080)).toBe(200);
});
