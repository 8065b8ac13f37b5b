// Records examples/captures/ping-dns-http.pcap from real traffic between two network namespaces: ping over IPv4 and
// IPv6, DNS queries and HTTP requests from several source addresses. Needs root, and nothing but Node:
// `npx tsx scripts/record-captures.ts`.
//
//   pcap:  magic 0xa1b2c3d4 | 2.4 | zone 0 | accuracy 0 | snap length | link type 1 (Ethernet), then records of
//          seconds u32 | microseconds u32 | captured u32 | length u32 | bytes
import { Buffer } from "node:buffer";
import type { Socket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { writeFileSync } from "node:fs";
import { type CapturedPacket, createTestbed, type Testbed } from "@typebpf/loader/testing";

const clients = ["10.42.0.2", "10.42.0.3", "10.42.0.66"];
const server = "10.42.0.1";
const names = ["typebpf.example", "www.typebpf.example"];

/** Answers every DNS query for an A record with 192.0.2.1 (RFC 1035 section 4.1). */
function answerQueries(socket: Socket): void {
  socket.on("message", (query, sender) => {
    const questionEnd = query.indexOf(0, 12) + 5;
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8580, 2);
    header.writeUInt16BE(1, 6);
    header.writeUInt32BE(0, 8);
    const answer = Buffer.from("c00c00010001000000 3c0004c0000201".replace(" ", ""), "hex");
    socket.send(Buffer.concat([header, query.subarray(12, questionEnd), answer]), sender.port, sender.address);
  });
}

async function resolveFrom(testbed: Testbed, client: string): Promise<void> {
  for (const name of names) {
    const query = testbed.peer.inNamespace(() => {
      const resolver = new Resolver({ timeout: 1000, tries: 1 });
      resolver.setServers([server]);
      resolver.setLocalAddress(client);
      return { answer: resolver.resolve4(name) };
    });
    const addresses = await query.answer;
    if (addresses[0] !== "192.0.2.1") throw new Error(`no answer for ${name} from ${client}`);
  }
}

async function makeTraffic(testbed: Testbed): Promise<void> {
  answerQueries(await testbed.host.udpSocket({ address: server, port: 53 }));
  for (const from of clients) {
    const { received } = await testbed.ping({ from, count: 2 });
    if (received !== 2) throw new Error(`no answer to the ping from ${from}`);
    await resolveFrom(testbed, from);
    const page = await testbed.http({ from, port: 80, timeoutMs: 2000 });
    if (page?.status !== 200) throw new Error(`no answer to the HTTP request from ${from}`);
  }
  const { received } = await testbed.ping({ from: "fd42::2", count: 2, timeoutMs: 3000 });
  if (received !== 2) throw new Error("no answer to the ping over IPv6");
}

/** The classic capture format, little-endian, microseconds. */
function pcap(packets: readonly CapturedPacket[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  const records = packets.flatMap(({ time, packet }) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(Math.floor(time / 1000), 0);
    record.writeUInt32LE(Math.floor((time % 1000) * 1000), 4);
    record.writeUInt32LE(packet.length, 8);
    record.writeUInt32LE(packet.length, 12);
    return [record, packet];
  });
  return Buffer.concat([header, ...records]);
}

await using testbed = await createTestbed({
  peer: { interface: "veth1", addresses: [...clients.map((client) => `${client}/24`), "fd42::2/64"] },
});
// Duplicate address detection is over, and neighbours are known, before the recording begins.
await testbed.ping({ from: "fd42::2", count: 1, timeoutMs: 3000 });
using capture = testbed.host.capture();
await makeTraffic(testbed);
const packets = capture.stop();
const file = new URL("../examples/captures/ping-dns-http.pcap", import.meta.url);
writeFileSync(file, pcap(packets));
process.stdout.write(`${packets.length} packets\n`);
