// Socket filters on real sockets: a descriptor, sockets of node:dgram and node:net, and a packet socket on an interface.
// Needs root.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { createServer, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { AttachOptions } from "../../packages/loader/src/backend.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { openSys } from "../../packages/loader/src/kernel/sys.ts";
import { createTestbed } from "../../packages/loader/src/testing/index.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf, object, present, program } from "./objects.ts";

const filters = object([
  program("drop", "w0 = 0\nexit", "socket_filter"),
  program("pass", "w0 = -1\nexit", "socket_filter"),
  // The payload of UDP begins 8 bytes into the packet; packets of more than 12 bytes pass.
  program("long", "r0 = *(u32 *)(r1 +0)\nif r0 > 12 goto out\nw0 = 0\nout:\nexit", "socket_filter"),
  // IPv4 of Ethernet: protocol of the socket buffer.
  program("ipv4", "r0 = *(u32 *)(r1 +16)\nif r0 == 8 goto out\nw0 = 0\nout:\nexit", "socket_filter"),
]);

async function loadFilters() {
  const loaded = await kernel().load(filters);
  return {
    attach: (name: string, options: object) => present(loaded.programs.get(name)).attach(options as AttachOptions),
    [Symbol.dispose]: () => loaded[Symbol.dispose](),
  };
}

/** A UDP socket on the loopback interface, what it has received, and how to send to it and wait. */
async function receiver() {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const received: string[] = [];
  socket.on("message", (message) => received.push(message.toString()));
  const sender = createSocket("udp4");
  const { port } = socket.address();
  return {
    socket,
    async send(...texts: readonly string[]) {
      received.length = 0;
      for (const text of texts) {
        await new Promise((resolve) => {
          sender.send(text, port, "127.0.0.1", resolve);
        });
      }
      await delay(30);
      return received;
    },
    [Symbol.dispose]: () => {
      socket.close();
      sender.close();
    },
  };
}

describeKernel("a socket filter", () => {
  test("on a socket of node:dgram drops what it refuses, until it is detached", async () => {
    using filter = await loadFilters();
    using udp = await receiver();
    expect(await udp.send("a", "longer")).toEqual(["a", "longer"]);
    const link = filter.attach("long", { socket: udp.socket });
    expect(link.description).toMatch(/^socket filter on descriptor \d+$/u);
    expect(await udp.send("a", "longer")).toEqual(["longer"]);
    const busy = await diagnosticOf(() => filter.attach("drop", { socket: udp.socket }));
    expect(busy).toMatchObject({ code: "BPF6231" });
    link.detach();
    expect(await udp.send("a", "longer")).toEqual(["a", "longer"]);
    filter.attach("drop", { socket: udp.socket });
    expect(await udp.send("a", "longer")).toEqual([]);
  });

  test("on a descriptor; a number that has come to belong to another socket keeps its filter", async () => {
    const sys = await openSys();
    using filter = await loadFilters();
    const open = () => sys.socket(2, 2 | 0x80000, 0);
    const hasFilter = (fd: number) => sys.getsockopt(fd, 1, 26, new Uint8Array(0)) !== 0;
    const first = open();
    const link = filter.attach("pass", { socket: first });
    expect(hasFilter(first)).toBe(true);
    sys.close(first);
    const second = open();
    expect(second).toBe(first);
    using other = filter.attach("pass", { socket: second });
    link.detach();
    expect(hasFilter(second)).toBe(true);
    other.detach();
    expect(hasFilter(second)).toBe(false);
    sys.close(second);
  });

  test("on a TCP socket of node:net: what is refused never arrives", async () => {
    using filter = await loadFilters();
    await using testbed = await createTestbed();
    const chunks: string[] = [];
    const server = createServer((socket) => {
      filter.attach("drop", { socket });
      socket.on("data", (data) => chunks.push(data.toString()));
    });
    const port = await testbed.host.listen(server, { address: "10.42.0.1", port: 0 });
    const to = { address: "10.42.0.1", port };
    await testbed.ping({ from: "10.42.0.2", count: 1 });
    const client = present(await testbed.peer.connect({ from: "10.42.0.2", to, timeoutMs: 3000 }));
    await delay(30);
    client.write("hello");
    await delay(100);
    expect(chunks).toEqual([]);
    filter[Symbol.dispose]();
    await expect.poll(() => chunks, { timeout: 3000 }).toEqual(["hello"]);
  });

  test("on an interface counts what passes", async () => {
    await using testbed = await createTestbed();
    using filter = await loadFilters();
    const attach = (name: string) => testbed.host.inNamespace(() => filter.attach(name, { interface: "veth0" }));
    using ipv4 = attach("ipv4");
    using drop = attach("drop");
    expect(ipv4.description).toBe("socket filter on a packet socket on veth0");
    await testbed.ping({ from: "10.42.0.2", count: 3 });
    // Three requests and three replies.
    expect(ipv4.passed?.()).toBe(6);
    expect(ipv4.passed?.()).toBe(0);
    await testbed.ping({ from: "10.42.0.2", count: 500 });
    expect(ipv4.passed?.()).toBe(1000);
    expect(drop.passed?.()).toBe(0);
    ipv4.detach();
    ipv4.detach();
  });

  test("on what is no socket, or not open", async () => {
    using filter = await loadFilters();
    const file = openSync("/dev/null", "r");
    const unbound = createSocket("udp4");
    const closed = createSocket("udp4").bind(0, "127.0.0.1");
    await once(closed, "listening");
    closed.close();
    const codes: Record<string, string> = {};
    const wanted = { file, nobody: 99_999, unbound, closed, unconnected: new Socket(), object: {}, text: "3" };
    for (const [name, socket] of Object.entries(wanted)) {
      codes[name] = (await diagnosticOf(() => filter.attach("pass", { socket }))).code;
    }
    const expected = Object.fromEntries(Object.keys(wanted).map((name) => [name, "BPF6238"]));
    expect(codes).toEqual(expected);
    for (const options of [{}, { socket: -1 }, { socket: 1.5 }, { socket: 1, interface: "lo" }, { fd: 1 }, null]) {
      expect((await diagnosticOf(() => filter.attach("pass", options as object))).code).toBe("BPF6234");
    }
    expect((await diagnosticOf(() => filter.attach("pass", { interface: "nowhere0" }))).code).toBe("BPF6230");
    closeSync(file);
    unbound.close();
  });
});
