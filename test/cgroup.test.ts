// Programs of control groups in the simulator: what they are shown, what they answer, and what they change.
import type { BpfObject } from "@typebpf/abi";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../packages/codegen/src/index.ts";
import { ethernet, ipv4, load, packet, simulator, udp } from "../packages/loader/src/index.ts";

type Filters = typeof import("./kernel/filters/cgroup.bpf.ts");

let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./kernel/filters/cgroup.bpf.ts", import.meta.url));
});

describe("control groups in the simulator", () => {
  test("packets by port", async () => {
    using filter = await load<Filters>(object, simulator());
    filter.maps.refused.set(53, 1);
    const datagram = (dest: number) => packet(ethernet(), ipv4(), udp({ dest }), "x");
    expect(filter.programs.ingress.run(datagram(53))).toMatchObject({ action: "DENY", retval: 0 });
    expect(filter.programs.ingress.run(datagram(54))).toMatchObject({ action: "ALLOW", retval: 1 });
    expect(filter.maps.totals.get(17)?.packets).toBe(2n);
  });

  test("addresses are rewritten", async () => {
    using filter = await load<Filters>(object, simulator());
    filter.maps.moved.set(80, 8080);
    const { action, context } = filter.programs.connect4.run({ context: { userIp4: 0xc000_0201, userPort: 80 } });
    expect([action, context]).toEqual(["ALLOW", { userIp4: 0x7f00_0001, userPort: 8080 }]);
    filter.maps.refused.set(81, 1);
    expect(filter.programs.connect4.run({ context: { userPort: 81 } }).action).toBe("DENY");
    expect(filter.programs.connect6.run({ context: { "userIp6[0]": 1, userPort: 80 } }).context).toEqual({
      ...{ "userIp6[0]": 0, "userIp6[1]": 0, "userIp6[2]": 0, "userIp6[3]": 1 },
      userPort: 8080,
    });
  });

  test("devices by type, number and access", async () => {
    using filter = await load<Filters>(object, simulator());
    const open = (minor: number, access: number, deviceType = 2) =>
      filter.programs.device.run({ context: { deviceType, access, major: 1, minor } }).action;
    expect([open(9, 2), open(5, 2), open(5, 6), open(9, 2, 1)]).toEqual(["DENY", "ALLOW", "DENY", "ALLOW"]);
  });

  test("sysctl by name", async () => {
    const written = async (name: string, write: number) => {
      using filter = await load<Filters>(
        object,
        simulator({ surroundings: { sysctl: { name, value: "1", newValue: "2" } } }),
      );
      return filter.programs.sysctl.run({ context: { write } }).action;
    };
    expect(await written("kernel/hostname", 0)).toBe("ALLOW");
    expect(await written("kernel/hostname", 1)).toBe("DENY");
    expect(await written("net/ipv4/ip_forward", 1)).toBe("ALLOW");
  });

  test("the value of an option is memory that the program may write", async () => {
    using filter = await load<Filters>(object, simulator());
    const value = Uint8Array.of(1, 0, 0, 0);
    const got = filter.programs.getsockopt.run({ packet: value, context: { level: 1, optname: 8, retval: -22 } });
    expect(got).toMatchObject({ action: "ALLOW", context: { optlen: 4, retval: 0 } });
    expect([...got.packet]).toEqual([0xe1, 0x10, 0, 0]);
    // Too short for the value.
    const short = filter.programs.getsockopt.run({ packet: value.subarray(0, 2), context: { level: 1, optname: 8 } });
    expect([...short.packet]).toEqual([1, 0]);
    expect(filter.programs.setsockopt.run({ context: { level: 1, optname: 8 } }).action).toBe("DENY");
  });

  test("steps of connections by op", async () => {
    using filter = await load<Filters>(object, simulator());
    const { connections } = filter.programs;
    expect(connections.run({ context: { op: 2 } }).context).toMatchObject({ reply: 20 });
    connections.run({ context: { op: 10, "args[0]": 1, "args[1]": 4 } });
    expect(filter.maps.runs.get(2004)).toBe(1n);
    expect(connections.run({ context: { op: 4, isFullsock: 1 } }).retval).toBe(1);
  });
});
