// The accountant on both back ends, and on a process in a control group.
import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { statSync } from "node:fs";
import type { BpfObject } from "@typebpf/abi";
import { compile } from "@typebpf/codegen";
import { ethernet, ipv4, ipv6, kernel, load, packet, simulator, tcp, udp } from "@typebpf/loader";
import { beforeAll, describe, expect, test } from "vitest";
import { makeGroup } from "../control-group.ts";
import { inKernel, kernelHere } from "../testing.ts";

type Filter = typeof import("./network-accountant.bpf.ts");

let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./network-accountant.bpf.ts", import.meta.url));
});

describe("simulator", () => {
  test("counts by group, direction and protocol", async () => {
    using accountant = await load<Filter>(object, simulator({ surroundings: { task: { cgroupId: 77n } } }));
    const { received, sent } = accountant.programs;
    for (const text of ["hello", "x"]) {
      expect(received.run(packet(ethernet(), ipv4(), udp(), text)).action).toBe("ALLOW");
    }
    sent.run(packet(ethernet(), ipv6(), tcp()));
    expect(
      new Map(
        [...accountant.maps.accounts].map(([key, value]) => [
          JSON.stringify({ ...key, cgroup: Number(key.cgroup) }),
          value,
        ]),
      ),
    ).toEqual(
      new Map([
        ['{"cgroup":77,"sent":0,"protocol":17}', { packets: 2n, bytes: 28n + 5n + 28n + 1n }],
        ['{"cgroup":77,"sent":1,"protocol":6}', { packets: 1n, bytes: 60n }],
      ]),
    );
  });
});

describe.skipIf(!kernelHere)(inKernel, () => {
  test("counts the datagrams of a process in a group below", async () => {
    using group = makeGroup();
    using accountant = await load<Filter>(object, kernel());
    using _received = accountant.programs.received.attach({ cgroup: group.path });
    using _sent = accountant.programs.sent.attach({ cgroup: group.path });
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    const { port } = socket.address();
    const heard = once(socket, "message");
    const script = `require("node:dgram").createSocket("udp4").send("12345", ${port}, "127.0.0.1", () => process.exit())`;
    const inside = `echo $$ > ${group.path}/cgroup.procs && exec "$0" -e "$1"`;
    expect(spawnSync("/bin/sh", ["-c", inside, process.execPath, script]).status).toBe(0);
    await heard;
    socket.close();
    const { ino } = statSync(group.path, { bigint: true });
    expect(accountant.maps.accounts.get({ cgroup: ino, sent: 1, protocol: 17 })).toEqual({ packets: 1n, bytes: 33n });
  });
});
