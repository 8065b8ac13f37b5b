// The redirector with real connections on loopback: through the kernel both ways, byte for byte.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { compile } from "@typebpf/codegen";
import { kernel, load, simulator } from "@typebpf/loader";
import { expect, test } from "vitest";
import { inKernel, kernelHere } from "../testing.ts";
import { createProxy } from "./proxy.ts";

type Filter = typeof import("./socket-redirector.bpf.ts");

const object = await compile(new URL("./socket-redirector.bpf.ts", import.meta.url));

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

test("data of joined connections goes on in the simulator", async () => {
  using redirector = await load<Filter>(object, simulator());
  const data = { packet: Buffer.from("hello"), context: { localPort: 80, remotePort: 40_000 } };
  const { splice } = redirector.programs;
  expect(splice.run(data).action).toBe("PASS");
  expect(splice.run(data).redirect).toBeUndefined();
  redirector.maps.joined.set({ local: 80, remote: 40_000 }, { to: { local: 50_000, remote: 90 } });
  expect(splice.run(data).action).toBe("DROP");
  redirector.maps.sockets.set({ local: 50_000, remote: 90 }, 7);
  expect(splice.run(data)).toMatchObject({ action: "PASS", redirect: { map: "sockets" } });
  expect([...redirector.maps.joined.values()]).toMatchObject([{ segments: 2n, bytes: 10n }]);
});

test.skipIf(!kernelHere)(`two connections are joined in the ${inKernel}`, async () => {
  using redirector = await load<Filter>(object, kernel());
  using _ = redirector.programs.splice.attach({ map: redirector.maps.sockets });
  const upper = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.on("data", (data: Buffer) => socket.write(data.toString().toUpperCase()));
  });
  const proxy = createProxy(redirector, { host: "127.0.0.1", port: await portOf(upper) });
  const client = connect(await portOf(proxy), "127.0.0.1");
  await once(client, "connect");
  let received = "";
  client.on("data", (data: Buffer) => {
    received += data.toString();
  });
  const lines = Array.from({ length: 20 }, (_, number) => `line ${number}\n`);
  for (const line of lines) {
    client.write(line);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await expect.poll(() => received.length, { timeout: 2000 }).toBe(lines.join("").length);
  expect(received).toBe(lines.join("").toUpperCase());
  const pairs = [...redirector.maps.joined.values()];
  expect(pairs.length).toBe(2);
  // The first lines may have come before the two were joined.
  for (const { segments, bytes } of pairs) {
    expect(segments).toBeGreaterThan(5n);
    expect(bytes).toBeGreaterThan(50n);
  }
  const ended = once(client, "close");
  client.destroy();
  await ended;
  await expect.poll(() => redirector.maps.joined.size, { timeout: 2000 }).toBe(0);
  proxy.close();
  upper.close();
});
