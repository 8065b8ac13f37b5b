// The DNS filter on both back ends: which names are blocked, hostile queries, a recorded capture, and real queries.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { BpfObject } from "@typebpf/abi";
import { readCapture } from "@typebpf/cli";
import { compile } from "@typebpf/codegen";
import {
  type Backend,
  dnsQuery,
  ethernet,
  ipv4,
  ipv6,
  kernel,
  type Loaded,
  load,
  packet,
  simulator,
  tcp,
  udp,
} from "@typebpf/loader";
import { createTestbed } from "@typebpf/loader/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { backends, inKernel, kernelHere } from "../testing.ts";
import { domainPrefix } from "./domain.ts";

type Filter = typeof import("./dns-block.bpf.ts");

const captured = new URL("../captures/ping-dns-http.pcap", import.meta.url);
const label = "x".repeat(63);

let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./dns-block.bpf.ts", import.meta.url));
});

async function start(backend: Backend, ...domains: readonly string[]): Promise<Loaded<Filter>> {
  const filter = await load<Filter>(object, backend);
  for (const domain of domains) filter.maps.blocked.set(domainPrefix(domain), 0n);
  return filter;
}

const query = (name: string): Uint8Array => packet(ethernet(), ipv4(), udp({ dest: 53 }), dnsQuery({ name }));
const query6 = (name: string): Uint8Array => packet(ethernet(), ipv6(), udp({ dest: 53 }), dnsQuery({ name }));

/** A query whose payload a test has changed. */
function changed(name: string, change: (payload: Uint8Array) => void): Uint8Array {
  const payload = dnsQuery({ name });
  change(payload);
  return packet(ethernet(), ipv4(), udp({ dest: 53 }), payload);
}

for (const { name, make, here } of backends) {
  describe.skipIf(!here)(name, () => {
    test("drops and counts queries for a domain and the names under it", async () => {
      using filter = await start(make(), "ads.example", "bad.test");
      const { block } = filter.programs;
      const under = ["ads.example", "ADS.Example", "a.b.c.d.ads.example", "bad.test", `${label}.${label}.bad.test`];
      for (const one of under) expect([one, block.run(query(one)).action]).toEqual([one, "SHOT"]);
      expect(block.run(query6("www.ads.example")).action).toBe("SHOT");
      const other = ["example", "badads.example", "ads.example.org", "s.example", "test", `${label}.test`, "."];
      for (const one of other) expect([one, block.run(query(one)).action]).toEqual([one, "OK"]);
      expect(filter.maps.blocked.get(domainPrefix("ads.example"))).toBe(4n);
      expect(filter.maps.blocked.get(domainPrefix("bad.test"))).toBe(2n);
    });

    test("passes what is no query", async () => {
      using filter = await start(make(), "ads.example");
      const { block } = filter.programs;
      const payload = dnsQuery({ name: "ads.example" });
      const others = [
        packet(ethernet(), ipv4(), udp({ dest: 5353 }), payload),
        packet(ethernet(), ipv4(), tcp({ dest: 53 }), payload),
        packet(ethernet(), ipv4({ fragOff: { offset: 8 } }), udp({ dest: 53, check: 0 }), payload),
        changed("ads.example", (bytes) => bytes.fill(0x80, 2, 3)),
        changed("ads.example", (bytes) => bytes.fill(0, 4, 6)),
        changed("ads.example", (bytes) => bytes.fill(0xc0, 12, 13)),
        changed("ads.example", (bytes) => bytes.fill(0x3f, 16, 17)),
      ];
      for (const one of others) expect(block.run(one)).toMatchObject({ action: "OK", packet: one });
      const whole = query("ads.example");
      // Where the name is cut, and where it is not.
      for (let length = 34; length < whole.length; length++)
        expect([length, block.run(whole.slice(0, length)).action]).toEqual([length, length < 67 ? "OK" : "SHOT"]);
    });

    test("names of as many labels as there can be", async () => {
      using filter = await start(make(), "z.ads.example");
      const { block } = filter.programs;
      expect(block.run(query(`${"a.".repeat(119)}z.ads.example`)).action).toBe("SHOT");
      expect(block.run(query(`${"a.".repeat(119)}y.ads.example`)).action).toBe("OK");
    });

    test("replays recorded traffic", async () => {
      using filter = await start(make(), "www.typebpf.example");
      const { packets } = readCapture(readFileSync(captured), "ping-dns-http.pcap");
      const dropped = packets.filter(({ data }) => filter.programs.block.run(data).action === "SHOT");
      // One query of each of three clients; its answer passes.
      expect(dropped).toHaveLength(3);
      expect(filter.maps.blocked.get(domainPrefix("www.typebpf.example"))).toBe(3n);
    });
  });
}

test("domains that the filter cannot hold", async () => {
  using filter = await start(simulator());
  expect(() => filter.maps.blocked.set(domainPrefix("."), 0n)).toThrow(RangeError);
  expect(() => filter.maps.blocked.set(domainPrefix(`${label}.test`), 0n)).toThrow("a blocked domain 1 to 64");
});

test.skipIf(!kernelHere)(
  `stops real queries in the ${inKernel}, by link where there are links, and by filter`,
  async () => {
    await using testbed = await createTestbed();
    using filter = await start(kernel(), "ads.example");
    const [client = ""] = testbed.host.addresses;
    const [server = ""] = testbed.peer.addresses;
    const from = await testbed.host.udpSocket({ address: client, port: 0 });
    const resolver = await testbed.peer.udpSocket({ address: server, port: 53 });
    const ids: number[] = [];
    resolver.on("message", (message) => ids.push(message.readUInt16BE(0)));
    const ask = (id: number, name: string) => from.send(dnsQuery({ id, name }), 53, server);
    const came = async (id: number): Promise<void> => {
      for (let turn = 0; turn < 200 && !ids.includes(id); turn++) await delay(5);
    };
    for (const [turn, mode] of ([{}, { mode: "clsact" }] as const).entries()) {
      const link = testbed.host.inNamespace(() =>
        filter.programs.block.attach({ interface: testbed.host.interface.name, direction: "egress", ...mode }),
      );
      // Packets keep their order, so when the second has come the first will not.
      ask(turn * 10 + 1, "www.ads.example");
      ask(turn * 10 + 2, "www.example");
      await came(turn * 10 + 2);
      link.detach();
      ask(turn * 10 + 3, "www.ads.example");
      await came(turn * 10 + 3);
    }
    expect(ids).toEqual([2, 3, 12, 13]);
    expect(filter.maps.blocked.get(domainPrefix("ads.example"))).toBe(2n);
    from.close();
    await once(from, "close");
  },
);
