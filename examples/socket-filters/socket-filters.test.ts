// The set of filters in the simulator, and on sockets that this process owns.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { BpfObject } from "@typebpf/abi";
import { compile } from "@typebpf/codegen";
import { ethernet, ipv4, kernel, load, packet, simulator, udp } from "@typebpf/loader";
import { beforeAll, describe, expect, test } from "vitest";
import { inKernel, kernelHere } from "../testing.ts";

type Filter = typeof import("./socket-filters.bpf.ts");

/** Number, flags, counts of questions and answers, then a question. */
function dns(flags: number, questions: number, answers: number): Buffer {
  const header = Buffer.alloc(12);
  for (const [index, value] of [1, flags, questions, answers].entries()) header.writeUInt16BE(value, 2 * index);
  return Buffer.concat([header, Buffer.from("0474657374000001" + "0001", "hex")]);
}

const cases: readonly (readonly [service: "names" | "metrics" | "log", datagram: string | Buffer, passes: boolean])[] =
  [
    ["names", dns(0x0100, 1, 0), true],
    ["names", dns(0x8180, 1, 1), false],
    ["names", dns(0x0100, 2, 0), false],
    ["names", "short", false],
    ["metrics", "app.a:1|c", true],
    ["metrics", "ap", false],
    ["metrics", "web.a:1|c", false],
    ["log", "<13>text", true],
    ["log", "<>text", false],
    ["log", "13>text", false],
  ];

let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./socket-filters.bpf.ts", import.meta.url));
});

describe("simulator", () => {
  test.each(cases)("%s %s: %s", async (service, datagram, passes) => {
    using filters = await load<Filter>(object, simulator({ socketFilterStart: "transport" }));
    const { retval } = filters.programs[service].run(packet(ethernet(), ipv4(), udp(), datagram));
    expect(retval).toBe(passes ? datagram.length + 8 : 0);
    const index = ["names", "metrics", "log"].indexOf(service);
    expect(filters.maps.counts.get(index)).toEqual(
      passes ? { accepted: 1n, refused: 0n } : { accepted: 0n, refused: 1n },
    );
  });
});

describe.skipIf(!kernelHere)(inKernel, () => {
  test.each(["names", "metrics", "log"] as const)(
    "the socket of %s gets its requests and no others",
    async (service) => {
      using filters = await load<Filter>(object, kernel());
      const socket = createSocket("udp4").bind(0, "127.0.0.1");
      await once(socket, "listening");
      using _ = filters.programs[service].attach({ socket });
      const mine = cases.filter(([one]) => one === service);
      const got: string[] = [];
      socket.on("message", (message) => got.push(message.toString("hex")));
      const client = createSocket("udp4");
      // What passes comes last, so that all before it has been decided when it is there.
      const ordered = [...mine].sort(([, , left], [, , right]) => Number(left) - Number(right));
      const received = once(socket, "message");
      for (const [, datagram] of ordered) {
        await new Promise((resolve) => client.send(datagram, socket.address().port, "127.0.0.1", resolve));
      }
      await received;
      expect(got).toEqual(
        ordered.flatMap(([, datagram, passes]) => (passes ? [Buffer.from(datagram).toString("hex")] : [])),
      );
      socket.close();
      client.close();
    },
  );
});
