// Values that programs of a control group keep with sockets, as user space sees them by the sockets. Needs root.
import { createSocket, type Socket as Datagrams } from "node:dgram";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { compile } from "../../packages/codegen/src/index.ts";
import { kernel, load } from "../../packages/loader/src/index.ts";
import { TestCgroup } from "./cgroup.ts";
import { describeKernel } from "./gate.ts";

type Filters = typeof import("./filters/storages.bpf.ts");
const path = new URL("./filters/storages.bpf.ts", import.meta.url);

/** This process is in the group until the end of the scope; its sockets stay there. */
function inside(group: TestCgroup): Disposable {
  const [, own = "/"] = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8")) ?? [];
  const enter = (to: string) => writeFileSync(join(to, "cgroup.procs"), `${process.pid}`);
  enter(group.path);
  return { [Symbol.dispose]: () => enter(join(dirname(group.path), own)) };
}

async function datagrams(): Promise<Datagrams> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

async function send(socket: Datagrams, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) =>
    socket.send(text, 9, "127.0.0.1", (error) => (error ? reject(error) : resolve())),
  );
}

/** A connection to a port of this machine, or the name of the error. */
async function connection(port: number): Promise<Socket | string | undefined> {
  const socket = connect({ host: "127.0.0.1", port });
  try {
    await once(socket, "connect");
    return socket;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

describeKernel("storages of sockets", () => {
  test.each([0, 2] as const)("each socket has its own value, at -O%d", async (level) => {
    using filters = await load<Filters>(await compile(path, { level }), kernel());
    const { traffic } = filters.maps;
    await using group = new TestCgroup();
    using _inside = inside(group);
    const [one, other] = [await datagrams(), await datagrams()];
    using sent = filters.programs.sent.attach({ cgroup: group.path });
    using _forget = filters.programs.forget.attach({ cgroup: group.path });
    expect([traffic.get(one), traffic.get(other)]).toEqual([undefined, undefined]);
    for (const text of ["hello", "again!"]) await send(one, text);
    await send(other, "");
    expect(traffic.get(one)).toEqual({ packets: 2n, bytes: 33n + 34n, mark: 7 });
    expect(traffic.get(other)).toEqual({ packets: 1n, bytes: 28n, mark: 7 });
    traffic.set(other, { packets: 100n, mark: 0xffff_ffff });
    await send(other, "");
    await send(one, "abc");
    expect(traffic.get(one)).toBeUndefined();
    expect(traffic.get(other)).toEqual({ packets: 101n, bytes: 28n, mark: 0xffff_ffff });
    sent.detach();
    await send(one, "hello");
    expect(traffic.get(one)).toBeUndefined();
    for (const socket of [one, other]) socket.close();
  });

  test("what the socket's creation has left is seen as it connects", async () => {
    using filters = await load<Filters>(await compile(path), kernel());
    const { marks } = filters.maps;
    const server = createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await using group = new TestCgroup();
    using _inside = inside(group);
    using _known = filters.programs.known.attach({ cgroup: group.path });
    expect(await connection(port)).toBe("EPERM");
    using _created = filters.programs.created.attach({ cgroup: group.path });
    using _established = filters.programs.established.attach({ cgroup: group.path });
    const client = await connection(port);
    if (typeof client !== "object") throw new Error(`no connection: ${client}`);
    await delay(10);
    expect(marks.get(client)).toBe(78);
    expect(marks.delete(client)).toBe(true);
    expect(marks.get(client)).toBeUndefined();
    client.destroy();
    server.close();
  });
});
