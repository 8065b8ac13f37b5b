// A congestion control of TCP made of four programs: registered, chosen by name for a connection, asked, and gone again.
// Needs root.
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { compile } from "../../packages/codegen/src/compile.ts";
import { kernel } from "../../packages/loader/src/kernel/kernel.ts";
import { openSys } from "../../packages/loader/src/kernel/sys.ts";
import { load } from "../../packages/loader/src/load.ts";
import { describeKernel } from "./gate.ts";
import { diagnosticOf } from "./objects.ts";

const source = new URL("./filters/congestion.bpf.ts", import.meta.url);
type Filters = typeof import("./filters/congestion.bpf.ts");

const IPPROTO_TCP = 6;
const TCP_CONGESTION = 13;

function descriptor(socket: Socket): number {
  return (socket as unknown as { readonly _handle: { readonly fd: number } })._handle.fd;
}

describeKernel("a table of functions", () => {
  test("is registered while its link is there, and the kernel calls it", async () => {
    const sys = await openSys();
    const name = `bpf_t${process.pid}`.slice(0, 15);
    using loaded = await load<Filters>(await compile(source), kernel());
    const choose = (socket: Socket): number =>
      sys.setsockopt(descriptor(socket), IPPROTO_TCP, TCP_CONGESTION, new TextEncoder().encode(name));
    const server = createServer((socket) => socket.resume());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const client = connect(typeof address === "object" && address ? address.port : 0, "127.0.0.1");
    await once(client, "connect");
    try {
      expect(choose(client)).toBe(-2);
      const link = loaded.programs.begin.attach({ name });
      expect(choose(client)).toBe(0);
      expect(loaded.maps.counts.get(0)).toBe(1n);
      for (let part = 0; part < 20; part++) await new Promise((done) => client.write(Buffer.alloc(1000), done));
      while ((loaded.maps.counts.get(1) ?? 0n) === 0n) await delay(10);
      expect((await diagnosticOf(() => loaded.programs.begin.attach({ name }))).code).toBe("BPF6231");
      link.detach();
      const other = connect(typeof address === "object" && address ? address.port : 0, "127.0.0.1");
      await once(other, "connect");
      expect(choose(other)).toBe(-2);
      other.destroy();
    } finally {
      client.destroy();
      server.close();
    }
  });

  test("has members that exist, with values that fit", async () => {
    using loaded = await load<Filters>(await compile(source), kernel());
    const refused = (options: Record<string, string | number>) =>
      diagnosticOf(() => loaded.programs.begin.attach(options));
    expect(await refused({ nam: "x" })).toMatchObject({ code: "BPF6234", help: 'did you mean "name"?' });
    expect((await refused({ name: "longer than sixteen bytes" })).code).toBe("BPF6234");
    expect((await refused({ flags: -1 })).code).toBe("BPF6234");
  });
});
