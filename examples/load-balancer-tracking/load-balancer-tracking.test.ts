// The tracking load balancer on both back ends, and real packets that it sends to its servers.
import type { BpfObject } from "@typebpf/abi";
import { compile } from "@typebpf/codegen";
import { IpProtocol } from "@typebpf/dsl/net";
import {
  arp,
  type Backend,
  ethernet,
  icmp,
  ipv4,
  kernel,
  type Layer,
  type Loaded,
  load,
  mac,
  packet,
  simulator,
  tcp,
  udp,
  withConfig,
} from "@typebpf/loader";
import { createTestbed } from "@typebpf/loader/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { backends, inKernel, kernelHere } from "../testing.ts";

type Balancer = typeof import("./load-balancer-tracking.bpf.ts");

const { TCP, UDP } = IpProtocol;
const macs = ["02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:0c"];
const network = ipv4({ saddr: "198.51.100.7", daddr: "192.0.2.100" });

let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./load-balancer-tracking.bpf.ts", import.meta.url));
});

/** A balancer with three servers for TCP port 80 and UDP port 53 of an address. */
async function start(backend: Backend, idleNs = 1_000_000_000_000n, address = "192.0.2.100") {
  const settings = { servers: macs.length, idleNs };
  const balancer = await load<Balancer>(withConfig(object, { settings }), backend);
  const { servers, services } = balancer.maps;
  for (const [number, text] of macs.entries()) servers.set(number, { mac: mac(text), up: 1 });
  services.set({ address: ipv4(address), port: 80, protocol: TCP }, 0);
  services.set({ address: ipv4(address), port: 53, protocol: UDP }, 0);
  return balancer;
}

/** The number of the server that a segment goes to, or the verdict. */
function sent(balancer: Loaded<Balancer>, source: number, flags: object): number | string | undefined {
  const { action, packet: out } = balancer.programs.balance.run(
    packet(ethernet(), network, tcp({ source, dest: 80, ...flags }), "data"),
  );
  if (action !== "TX") return action;
  return macs.findIndex((text) => Buffer.from(mac(text)).equals(out.subarray(0, 6)));
}

for (const { name, make, here } of backends) {
  describe.skipIf(!here)(name, () => {
    test("connections get servers in turn, and stay with them", async () => {
      using balancer = await start(make());
      expect([1, 2, 3, 4].map((port) => sent(balancer, port, { syn: true }))).toEqual([0, 1, 2, 0]);
      expect([4, 3, 2, 1].map((port) => sent(balancer, port, { ack: true }))).toEqual([0, 2, 1, 0]);
      balancer.maps.servers.set(0, { mac: mac(macs[0] ?? ""), up: 0 });
      expect([1, 4].map((port) => sent(balancer, port, { ack: true }))).toEqual([0, 0]);
      expect([5, 6, 7].map((port) => sent(balancer, port, { syn: true }))).not.toContain(0);
      expect(sent(balancer, 5, { ack: true, fin: true })).toBeGreaterThan(0);
      const key = { source: ipv4("198.51.100.7"), dest: ipv4("192.0.2.100"), ports: { source: 1, dest: 80 } };
      expect(balancer.maps.connections.get({ ...key, protocol: TCP })).toMatchObject({ server: 0, packets: 3n });
      expect(balancer.maps.connections.size).toBe(7);
    });

    test("what belongs to no connection is dropped, and counted", async () => {
      using balancer = await start(make());
      expect(sent(balancer, 9, { ack: true })).toBe("DROP");
      expect(balancer.maps.strays.get(0)).toBe(1n);
      balancer.maps.servers.clear();
      expect(sent(balancer, 9, { syn: true })).toBe("DROP");
    });

    test("datagrams of one sender go to one server; what is for nobody passes", async () => {
      using balancer = await start(make());
      const run = (...layers: readonly Layer[]) => balancer.programs.balance.run(packet(ethernet(), ...layers));
      const dns = () => run(network, udp({ source: 4000, dest: 53 })).packet.subarray(0, 6);
      expect(dns()).toEqual(dns());
      for (const layers of [[arp()], [network, icmp()], [network, tcp({ dest: 81 })], [network, udp({ dest: 80 })]])
        expect(run(...layers).action).toBe("PASS");
    });
  });
}

test("a connection that was idle for too long is a new one", async () => {
  let now = 1_000_000n;
  const clock = { now: () => now };
  using balancer = await start(simulator({ clock }), 1000n);
  expect(sent(balancer, 1, { syn: true })).toBe(0);
  now += 1000n;
  expect(sent(balancer, 1, { ack: true })).toBe(0);
  now += 1001n;
  expect(sent(balancer, 1, { ack: true })).toBe("DROP");
});

test.skipIf(!kernelHere)(`sends real packets to the servers in the ${inKernel}`, async () => {
  await using testbed = await createTestbed();
  const [client = ""] = testbed.peer.addresses;
  const [virtual = ""] = testbed.host.addresses;
  using balancer = await start(kernel(), 10_000_000_000n, virtual);
  using other = await start(kernel());
  // An end of a veth pair takes what the other sends from XDP only while it has a program too.
  using _ = testbed.peer.inNamespace(() =>
    other.programs.balance.attach({ interface: testbed.peer.interface.name, mode: "native" }),
  );
  using capture = testbed.peer.capture();
  using link = testbed.host.inNamespace(() =>
    balancer.programs.balance.attach({ interface: testbed.host.interface.name, mode: "native" }),
  );
  for (let flow = 0; flow < 3; flow++) {
    const socket = await testbed.peer.udpSocket({ address: client, port: 0 });
    for (let count = 0; count < 4; count++) socket.send("query", 53, virtual);
  }
  const came = () =>
    macs.map((text) => capture.stop().filter(({ packet: one }) => Buffer.from(mac(text)).equals(one.subarray(0, 6))));
  await expect
    .poll(() => [...balancer.maps.connections.values()].reduce((sum, one) => sum + one.packets, 0n), { timeout: 2000 })
    .toBe(12n);
  link.detach();
  expect(came().map(({ length }) => length)).toEqual([4, 4, 4]);
});
