// The socket filter on both back ends, a recorded capture, and real sockets: a packet socket and a TCP connection.
import { readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { BpfObject } from "@typebpf/abi";
import { readCapture } from "@typebpf/cli";
import { compile } from "@typebpf/codegen";
import { arp, ethernet, ipv4, ipv6, kernel, load, packet, tcp, udp } from "@typebpf/loader";
import { createTestbed } from "@typebpf/loader/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { backends, inKernel, kernelHere } from "../testing.ts";

type Filter = typeof import("./socket-http.bpf.ts");

const captured = new URL("../captures/ping-dns-http.pcap", import.meta.url);
const get = "GET / HTTP/1.1\r\n\r\n";
const post = "POST / HTTP/1.1\r\n\r\n";
const ethernetBytes = 14;

let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./socket-http.bpf.ts", import.meta.url));
});

/** Waits until something is so, at most some seconds. */
async function until(what: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000 && !what(); turn++) await delay(5);
}

for (const { name, make, here } of backends) {
  describe.skipIf(!here)(name, () => {
    test("the socket gets the whole of a GET request", async () => {
      using filter = await load<Filter>(object, make());
      const options = { timestamps: { value: 1, echo: 2 } };
      const requests = [
        packet(ethernet(), ipv4(), tcp(), get),
        packet(ethernet(), ipv4({ options: Uint8Array.of(1, 1, 1, 0) }), tcp({ options }), get),
        packet(ethernet(), ipv6(), tcp({ dest: 8080, options }), get),
        packet(ethernet(), ipv4(), tcp(), "GET "),
      ];
      for (const one of requests) {
        // A test run hands the packet from its network header on.
        expect(filter.programs.http.run(one)).toMatchObject({ retval: one.length - ethernetBytes, packet: one });
      }
      expect(filter.maps.seen.get(0)).toEqual({ gets: 4n, others: 0n });
    });

    test("the socket gets nothing else", async () => {
      using filter = await load<Filter>(object, make());
      const others = [
        packet(ethernet(), ipv4(), tcp(), post),
        packet(ethernet(), ipv4(), tcp(), "GET"),
        packet(ethernet(), ipv4(), tcp(), "get / "),
        packet(ethernet(), ipv4(), tcp(), ` ${get}`),
        packet(ethernet(), ipv4(), tcp({ syn: true })),
        packet(ethernet(), ipv4(), udp(), get),
        packet(ethernet(), ipv6(), udp(), get),
        packet(ethernet(), ipv4({ fragOff: { offset: 8 } }), tcp({ check: 0 }), get),
        packet(ethernet(), ipv4({ totLen: 0 }), tcp(), get),
        packet(ethernet(), ipv4({ totLen: 65_535 }), tcp(), get),
        packet(ethernet(), ipv4(), tcp({ doff: 15, check: 0 }), get),
        packet(ethernet(), ipv4(), tcp(), get).slice(0, 45),
        packet(ethernet(), arp()),
      ];
      expect(others.map((one) => filter.programs.http.run(one).retval)).toEqual(others.map(() => 0));
      expect(filter.maps.seen.get(0)).toEqual({ gets: 0n, others: BigInt(others.length) });
    });

    test("finds the requests in recorded traffic", async () => {
      using filter = await load<Filter>(object, make());
      const { packets } = readCapture(readFileSync(captured), "ping-dns-http.pcap");
      const accepted = packets.filter(({ data }) => filter.programs.http.run(data).retval > 0);
      expect(accepted).toHaveLength(3);
      for (const { data } of accepted) expect(Buffer.from(data).toString("latin1")).toContain("GET / HTTP/1.1");
    });
  });
}

test.skipIf(!kernelHere)(`a packet socket gets the requests of real traffic in the ${inKernel}`, async () => {
  await using testbed = await createTestbed();
  using filter = await load<Filter>(object, kernel());
  const { addresses } = testbed.peer;
  const link = testbed.host.inNamespace(() => filter.programs.http.attach({ interface: testbed.host.interface.name }));
  expect((await testbed.http({ from: addresses[0] ?? "" }))?.status).toBe(200);
  expect((await testbed.http({ from: addresses.find((one) => one.includes(":")) ?? "" }))?.status).toBe(200);
  expect(await testbed.ping({ from: addresses[0] ?? "" })).toEqual({ sent: 3, received: 3 });
  expect(filter.maps.seen.get(0)?.gets).toBe(2n);
  expect(link.passed?.()).toBe(2);
  link.detach();
  const { others } = filter.maps.seen.get(0) ?? {};
  expect((await testbed.http({ from: addresses[0] ?? "" }))?.status).toBe(200);
  expect(filter.maps.seen.get(0)).toEqual({ gets: 2n, others });
});

test.skipIf(!kernelHere)(`a TCP connection gets only what the filter accepts in the ${inKernel}`, async () => {
  await using testbed = await createTestbed();
  using filter = await load<Filter>(object, kernel());
  const [address = ""] = testbed.host.addresses;
  const [from = ""] = testbed.peer.addresses;
  const server = createServer();
  const port = await testbed.host.listen(server, { address, port: 0 });
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
  const client = await testbed.peer.connect({ from, to: { address, port }, timeoutMs: 2000 });
  const socket = await accepted;
  let received = "";
  socket.on("data", (bytes) => {
    received += bytes;
  });
  const link = filter.programs.http.attach({ socket });
  client?.write(get);
  await until(() => received !== "");
  expect(received).toBe(get);
  client?.write(post);
  await until(() => (filter.maps.seen.get(0)?.others ?? 0n) > 0n);
  expect(received).toBe(get);
  // TCP sends again what nobody has acknowledged.
  link.detach();
  await until(() => received.length > get.length);
  expect(received).toBe(get + post);
});
