// The test bed itself: traffic both ways, what it refuses, what it records, and that it ends at once. Needs root.
import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { createTestbed } from "../../packages/loader/src/testing/index.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf, present } from "./objects.ts";

describeKernel("the test bed", () => {
  test("carries ping, UDP and HTTP over IPv4 and IPv6, from either side", async () => {
    await using testbed = await createTestbed();
    for (const from of ["10.42.0.2", "10.42.0.3", "10.42.0.4", "fd42::2", "fd42::3", "10.42.0.1", "fd42::1"]) {
      expect(await testbed.ping({ from, count: 2 })).toEqual({ sent: 2, received: 2 });
      expect(await testbed.udp({ from, count: 2 })).toEqual({ sent: 2, received: 2 });
      expect(await testbed.http({ from })).toEqual({ status: 200, body: `hello ${from}` });
    }
  });

  test("refuses addresses that are not there, and ports that are taken", async () => {
    await using testbed = await createTestbed();
    const strange = await diagnosticOf(() => testbed.ping({ from: "10.0.0.9" }));
    expect(strange).toMatchObject({
      code: "BPF6243",
      notes: ["it has 10.42.0.2, 10.42.0.3, 10.42.0.4, fd42::2, fd42::3"],
    });
    expect((await diagnosticOf(() => testbed.udp({ from: "10.42.0.2", to: "10.42.0.3" }))).code).toBe("BPF6243");
    const local = { address: "10.42.0.1", port: 80 };
    expect(await testbed.host.listen(createServer(), local)).toBe(80);
    expect((await diagnosticOf(() => testbed.host.listen(createServer(), local))).message).toContain("EADDRINUSE");
    const nobody = { from: "10.42.0.2", to: { address: "10.42.0.1", port: 81 }, timeoutMs: 500 };
    expect((await diagnosticOf(() => testbed.peer.connect(nobody))).message).toContain("port 81: ECONNREFUSED");
  });

  test("carries a stream of bytes", async () => {
    await using testbed = await createTestbed();
    const sent = Buffer.alloc(1 << 20, "typebpf");
    const server = createServer((socket) => socket.end(sent));
    const port = await testbed.host.listen(server, { address: "fd42::1", port: 0 });
    const to = { address: "fd42::1", port };
    const socket = present(await testbed.peer.connect({ from: "fd42::3", to, timeoutMs: 2000 }));
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    await once(socket, "end");
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
  });

  test("records what passes", async () => {
    await using testbed = await createTestbed();
    await testbed.ping({ from: "10.42.0.2", count: 1 });
    using capture = testbed.host.capture();
    await testbed.ping({ from: "10.42.0.2", count: 3 });
    const packets = capture.stop().map(({ packet }) => packet);
    // Ethernet, IPv4 without options, ICMP: three requests and three replies.
    const icmp = packets.filter((packet) => packet[12] === 8 && packet[13] === 0 && packet[23] === 1);
    expect(icmp.map((packet) => packet[34]).sort()).toEqual([0, 0, 0, 8, 8, 8]);
    expect(icmp[0]?.length).toBe(98);
    expect(capture.stop().length).toBe(packets.length);
  });

  test("ends at once with everything still open", async () => {
    const testbed = await createTestbed();
    testbed.host.capture();
    await testbed.http({ from: "10.42.0.2" });
    const open = await testbed.peer.udpSocket({ address: "10.42.0.2", port: 0 });
    const closing = await testbed.peer.udpSocket({ address: "10.42.0.2", port: 0 });
    const closed = once(open, "close");
    closing.close();
    await testbed[Symbol.asyncDispose]();
    await closed;
    expect((await diagnosticOf(() => testbed.host.links())).code).toBe("BPF6205");
    await testbed[Symbol.asyncDispose]();
  });
});
