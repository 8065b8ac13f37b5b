// The load balancer on both back ends: what changes in a packet, where flows go, and packets on a real interface.
import type { BpfObject } from "@typebpf/abi";
import { compile } from "@typebpf/codegen";
import { IpProtocol } from "@typebpf/dsl/net";
import {
  arp,
  type Backend,
  ethernet,
  icmp,
  ipv4,
  ipv6,
  kernel,
  type Layer,
  type Loaded,
  load,
  mac,
  packet,
  simulator,
  tcp,
  udp,
} from "@typebpf/loader";
import { createTestbed } from "@typebpf/loader/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { backends, inKernel, kernelHere } from "../testing.ts";
import { textOf, wordsOf } from "../words.ts";

type Balancer = typeof import("./load-balancer.bpf.ts");

const { TCP, UDP } = IpProtocol;
const macs = ["02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:0c", "02:00:00:00:00:0d"];
const network4 = ipv4({ saddr: "198.51.100.7", daddr: "192.0.2.100" });
const network6 = ipv6({ saddr: "2001:db8::7", daddr: "2001:db8::100" });

let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./load-balancer.bpf.ts", import.meta.url));
});

/** A balancer with four servers; TCP port 80 of both virtual addresses, and UDP port 53 of the first. */
async function start(backend: Backend): Promise<Loaded<Balancer>> {
  const balancer = await load<Balancer>(object, backend);
  const { servers, services } = balancer.maps;
  for (const [number, text] of macs.entries()) servers.set(number, { mac: mac(text), up: 1 });
  const all = { first: 0, count: 4 };
  services.set({ address: wordsOf("192.0.2.100"), port: 80, protocol: TCP }, all);
  services.set({ address: wordsOf("2001:db8::100"), port: 80, protocol: TCP }, all);
  services.set({ address: wordsOf("192.0.2.100"), port: 53, protocol: UDP }, { first: 2, count: 1 });
  return balancer;
}

/** The number of the server that a packet goes to; the rest of the packet must be as it was. */
function serverOf(balancer: Loaded<Balancer>, ...layers: readonly Layer[]): number {
  const result = balancer.programs.balance.run(packet(ethernet(), ...layers, "data"));
  expect(result.action).toBe("TX");
  const number = macs.findIndex((text) => Buffer.from(mac(text)).equals(result.packet.subarray(0, 6)));
  const dest = macs[number];
  if (dest === undefined) throw new Error("the packet goes to no server");
  expect(result.packet).toEqual(packet(ethernet({ dest, source: "02:00:00:00:00:02" }), ...layers, "data"));
  return number;
}

const ports = Array.from({ length: 64 }, (_, index) => 40_000 + index);

/** Where 64 connections of each family go. */
const choicesOf = (balancer: Loaded<Balancer>): readonly number[] =>
  [network4, network6].flatMap((network) =>
    ports.map((source) => serverOf(balancer, network, tcp({ source, dest: 80 }))),
  );

for (const { name, make, here } of backends) {
  describe.skipIf(!here)(name, () => {
    test("all packets of a flow go to one server, and every server gets flows", async () => {
      using balancer = await start(make());
      const first = choicesOf(balancer);
      expect(choicesOf(balancer)).toEqual(first);
      const counts = macs.map((_, number) => first.filter((one) => one === number).length);
      for (const count of counts) expect(count).toBeGreaterThan(128 / 8);
      const forwarded = macs.map((_, number) => balancer.maps.forwarded.get(number)?.reduce((sum, one) => sum + one));
      expect(forwarded).toEqual(counts.map((count) => BigInt(2 * count)));
    });

    test("only the flows of a server that goes move", async () => {
      using balancer = await start(make());
      const before = choicesOf(balancer);
      balancer.maps.servers.set(2, { mac: mac("02:00:00:00:00:0c") });
      const after = choicesOf(balancer);
      for (const [index, number] of after.entries()) {
        expect(number).not.toBe(2);
        if (before[index] !== 2) expect(number).toBe(before[index]);
      }
    });

    test("UDP, and headers with options", async () => {
      using balancer = await start(make());
      expect(serverOf(balancer, network4, udp({ dest: 53 }))).toBe(2);
      const options = Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 0);
      const flow = { saddr: "198.51.100.7", daddr: "192.0.2.100" };
      const segment = tcp({ source: 40_000, dest: 80 });
      expect(serverOf(balancer, ipv4({ ...flow, options }), segment)).toBe(serverOf(balancer, network4, segment));
    });

    test("passes what is for nobody, drops what no server is there for", async () => {
      using balancer = await start(make());
      const others = [
        packet(ethernet(), arp({ tip: "192.0.2.100" })),
        packet(ethernet(), network4, icmp()),
        packet(ethernet(), network4, tcp({ dest: 81 })),
        packet(ethernet(), network4, udp({ dest: 80 })),
        packet(ethernet(), network6, udp({ dest: 53 })),
        packet(ethernet(), ipv4({ daddr: "192.0.2.100", fragOff: { moreFragments: true } }), tcp({ check: 0 })),
        packet(ethernet(), network4, tcp()).slice(0, 37),
        packet(ethernet(), network6, tcp()).slice(0, 57),
      ];
      for (const one of others)
        expect(balancer.programs.balance.run(one)).toMatchObject({ action: "PASS", packet: one });
      balancer.maps.servers.clear();
      expect(balancer.programs.balance.run(packet(ethernet(), network4, tcp())).action).toBe("DROP");
    });
  });
}

test("addresses as words and back", async () => {
  using balancer = await start(simulator());
  const addresses = [...balancer.maps.services.keys()].map(({ address }) => address);
  expect(addresses).toContainEqual({ a: 0x2001_0db8, b: 0, c: 0, d: 0x100 });
  expect(addresses).toContainEqual({ a: 0, b: 0, c: 0xffff, d: 0xc000_0264 });
  expect(new Set(addresses.map(textOf))).toEqual(new Set(["192.0.2.100", "2001:db8::100"]));
});

test.skipIf(!kernelHere)(`sends real packets to the servers in the ${inKernel}`, async () => {
  await using testbed = await createTestbed();
  using balancer = await start(kernel());
  // An end of a veth pair takes what the other sends from XDP only while it has a program too.
  using other = await load<Balancer>(object, kernel());
  const [client = ""] = testbed.peer.addresses;
  const [virtual = ""] = testbed.host.addresses;
  balancer.maps.services.set({ address: wordsOf(virtual), port: 9000, protocol: UDP }, { first: 0, count: 4 });
  using _ = testbed.peer.inNamespace(() =>
    other.programs.balance.attach({ interface: testbed.peer.interface.name, mode: "native" }),
  );
  expect(await testbed.udp({ from: client, port: 9000, count: 4 })).toEqual({ sent: 4, received: 4 });
  using capture = testbed.peer.capture();
  const link = testbed.host.inNamespace(() =>
    balancer.programs.balance.attach({ interface: testbed.host.interface.name, mode: "native" }),
  );
  for (let flow = 0; flow < 16; flow++) {
    const { received } = await testbed.udp({ from: client, port: 9000, count: 1, timeoutMs: 20 });
    expect(received).toBe(0);
  }
  link.detach();
  expect(await testbed.udp({ from: client, port: 9000, count: 4 })).toEqual({ sent: 4, received: 4 });
  const came = macs.map((text) => {
    const dest = Buffer.from(mac(text));
    return BigInt(capture.stop().filter((one) => dest.equals(one.packet.subarray(0, 6))).length);
  });
  const counted = macs.map((_, number) => balancer.maps.forwarded.get(number)?.reduce((sum, one) => sum + one));
  expect(came).toEqual(counted);
  expect(came.reduce((sum, one) => sum + one)).toBe(16n);
});
