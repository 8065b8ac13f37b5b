// Programs on the data of real TCP connections, and on the choice among sockets that share a port. Needs root.
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { compile } from "../../packages/codegen/src/index.ts";
import { kernel, load } from "../../packages/loader/src/index.ts";
import { createTestbed, type Testbed } from "../../packages/loader/src/testing/index.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf } from "./objects.ts";
import { sharingSocket } from "./reuse-port.ts";

type Filters = typeof import("./filters/socket-data.bpf.ts");
const object = await compile(new URL("filters/socket-data.bpf.ts", import.meta.url));
const wait = () => delay(60);

/** A connection: both of its sockets, and what the client's has received. */
async function connection(testbed: Testbed, port: number) {
  const server = createServer();
  await testbed.host.listen(server, { address: "10.42.0.1", port });
  const accepted = once(server, "connection");
  const client = await testbed.peer.connect({
    from: "10.42.0.2",
    to: { address: "10.42.0.1", port },
    timeoutMs: 1000,
  });
  if (!client) throw new Error("no connection");
  const [socket] = (await accepted) as [Socket];
  const received = { client: "", server: "" };
  client.on("data", (data: Buffer) => {
    received.client += data.toString();
  });
  socket.on("data", (data: Buffer) => {
    received.server += data.toString();
  });
  return { client, socket, received };
}

describeKernel("programs on the data of sockets", () => {
  test("a verdict sends what one connection brings by another one", async () => {
    await using testbed = await createTestbed();
    const one = await connection(testbed, 7001);
    const other = await connection(testbed, 7002);
    using filters = await load<Filters>(object, kernel());
    const { connections, routes } = filters.maps;
    connections.set(7001, one.socket);
    connections.set(7002, other.socket);
    routes.set(7001, 7002);
    const link = filters.programs.forward.attach({ map: "connections" });
    expect(link.description).toBe("sk_skb of map connections");
    connections.delete(7001);
    connections.delete(7002);
    connections.set(7001, one.socket);
    connections.set(7002, other.socket);
    one.client.write("hello");
    await wait();
    expect(other.received.client).toBe("hello");
    expect(one.received.server).toBe("");
    other.client.write("passes");
    await wait();
    expect(other.received.server).toBe("passes");
    routes.set(7001, 7999);
    one.client.write("dropped");
    await wait();
    expect([one.received, other.received]).toEqual([
      { client: "", server: "" },
      { client: "hello", server: "passes" },
    ]);
    expect((await diagnosticOf(() => filters.programs.forward.attach({ map: "connections" }))).code).toBe("BPF6231");
    link.detach();
    link.detach();
  });

  test("a parser cuts the stream, and each message has a verdict", async () => {
    await using testbed = await createTestbed();
    using filters = await load<Filters>(object, kernel());
    using _parser = filters.programs.four.attach({ map: filters.maps.watched });
    using _verdict = filters.programs.noX.attach({ map: filters.maps.watched });
    const { client, socket, received } = await connection(testbed, 7003);
    filters.maps.watched.set(0, socket);
    // The kernel hands a message to the program by itself only where it begins a segment.
    for (const part of ["abcd", "xbcd", "abcx", "12"]) {
      client.write(part);
      await delay(20);
    }
    expect(received.server).toBe("abcdabcx");
    client.write("34");
    await wait();
    expect(received.server).toBe("abcdabcx1234");
  });

  test("what a socket sends is refused with EACCES", async () => {
    await using testbed = await createTestbed();
    using filters = await load<Filters>(object, kernel());
    using _ = filters.programs.keep.attach({ map: "watched" });
    const { socket, received } = await connection(testbed, 7004);
    filters.maps.watched.set(0, socket);
    socket.write("abc");
    socket.write("s");
    await wait();
    expect(received.client).toBe("abcs");
    const failed = once(socket, "error");
    socket.write("secret");
    const [error] = (await failed) as [NodeJS.ErrnoException];
    expect(error.code).toBe("EACCES");
    expect(received.client).toBe("abcs");
  });

  test("what is no map of sockets is refused", async () => {
    using filters = await load<Filters>(object, kernel());
    const attach = (map: string | object) => diagnosticOf(() => filters.programs.keep.attach({ map }));
    expect(await attach("nothing")).toMatchObject({ code: "BPF6234", message: 'the object has no map "nothing"' });
    expect((await attach("routes")).code).toMatch(/^BPF623[34]$/);
    expect((await attach({})).code).toBe("BPF6234");
  });
});

describeKernel("a program that chooses among sockets", () => {
  test("a datagram goes to the socket that it names", async () => {
    await using testbed = await createTestbed();
    using filters = await load<Filters>(object, kernel());
    const received: string[] = [];
    const sockets = [await sharingSocket(testbed.host, 7070), await sharingSocket(testbed.host, 7070)];
    for (const [number, socket] of sockets.entries()) {
      filters.maps.group.set(number, socket);
      socket.on("message", (message) => received.push(`${number}: ${message.toString()}`));
    }
    const [first] = sockets;
    if (!first) throw new Error("no socket");
    using _ = filters.programs.choose.attach({ socket: first });
    const sender = await testbed.peer.udpSocket({ address: "10.42.0.2", port: 0 });
    for (const text of ["1a", "0b", "1c", "7 nobody", "1d"]) sender.send(text, 7070, "10.42.0.1");
    await wait();
    expect(received.sort()).toEqual(["0: 0b", "1: 1a", "1: 1c", "1: 1d"]);
    for (const socket of sockets) socket.close();
  });
});
