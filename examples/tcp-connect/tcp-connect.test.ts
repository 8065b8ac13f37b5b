// The tracer on both back ends: states of a made-up socket in the simulator, connections of this process in the kernel.
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import type { BpfObject } from "@typebpf/abi";
import { compile } from "@typebpf/codegen";
import { kernel, load, simulator } from "@typebpf/loader";
import { beforeAll, expect, test } from "vitest";
import { inKernel, kernelHere } from "../testing.ts";
import { addressText, text } from "./address.ts";

type Tracer = typeof import("./tcp-connect.bpf.ts");

let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./tcp-connect.bpf.ts", import.meta.url));
});

test("addresses in their shortest form", () => {
  const mapped = [...new Array<number>(10).fill(0), 255, 255, 10, 0, 0, 7];
  expect(addressText(mapped)).toBe("10.0.0.7");
  expect(addressText([0x20, 1, 0xd, 0xb8, ...new Array<number>(11).fill(0), 1])).toBe("2001:db8::1");
});

test("a connection is told once, in the simulator", async () => {
  using tracer = await load<Tracer>(object, simulator());
  const state = (oldstate: number, newstate: number, protocol = 6) =>
    tracer.programs.watch.run({
      context: { skaddr: 77n, oldstate, newstate, protocol, family: 2, sport: 4000, dport: 80, "saddrV6[15]": 1 },
    });
  state(7, 2, 132);
  state(2, 1);
  expect(tracer.maps.connects.drain(), "nothing began").toEqual([]);
  state(7, 2);
  state(2, 1);
  state(1, 4);
  const [one, ...more] = tracer.maps.connects.drain();
  expect(more).toEqual([]);
  expect(one).toMatchObject({ family: 2, sport: 4000, dport: 80, established: 1 });
  expect(one && addressText(one.saddr)).toBe("::1");
  state(7, 2);
  state(2, 7);
  expect(tracer.maps.connects.drain()).toMatchObject([{ established: 0 }]);
});

test.skipIf(!kernelHere)(`connections of this process in the ${inKernel}`, async () => {
  using tracer = await load<Tracer>(object, kernel());
  using _link = tracer.programs.watch.attach({});
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = connect(port, "127.0.0.1");
  await once(client, "connect");
  client.destroy();
  server.close();
  await once(server, "close");
  const refused = connect(port, "127.0.0.1");
  await once(refused, "error");
  const own = tracer.maps.connects.drain().filter(({ dport }) => dport === port);
  expect(own).toMatchObject([
    { pid: process.pid, family: 2, established: 1 },
    { pid: process.pid, established: 0 },
  ]);
  const [made] = own;
  expect(made && [addressText(made.daddr), text(made.comm) !== "", made.durationNs > 0n]).toEqual([
    "127.0.0.1",
    true,
    true,
  ]);
});
