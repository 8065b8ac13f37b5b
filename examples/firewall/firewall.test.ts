// The firewall on both back ends from one file: single packets, a recorded capture, and that both give the same.
import { readFileSync } from "node:fs";
import type { BpfObject } from "@typebpf/abi";
import { readCapture } from "@typebpf/cli";
import { compile } from "@typebpf/codegen";
import {
  arp,
  type Backend,
  ethernet,
  icmp,
  ipv4,
  ipv6,
  kernel,
  load,
  packet,
  simulator,
  tcp,
  udp,
  vlan,
} from "@typebpf/loader";
import { canRunKernel, createTestbed } from "@typebpf/loader/testing";
import { beforeAll, describe, expect, test } from "vitest";

type Firewall = typeof import("./firewall.bpf.ts");

const capability = await canRunKernel();
const inKernel = capability.ok ? "kernel" : `kernel (not here: ${capability.missing.join("; ")})`;
const captured = new URL("../captures/ping-dns-http.pcap", import.meta.url);
const from = (saddr: string): Uint8Array => packet(ethernet(), ipv4({ saddr }), udp({ dest: 53 }), "hello");

let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./firewall.bpf.ts", import.meta.url));
});

/** The capture through the firewall with one address blocked. */
async function replay(backend: Backend): Promise<{ readonly actions: readonly unknown[]; readonly hits: unknown }> {
  using firewall = await load<Firewall>(object, backend);
  firewall.maps.blocked.set(ipv4("10.42.0.66"), 0n);
  const { packets } = readCapture(readFileSync(captured), "ping-dns-http.pcap");
  const actions = packets.map(({ data }) => {
    const { action, packet: left } = firewall.programs.firewall.run(data);
    expect(left).toEqual(new Uint8Array(data));
    return action;
  });
  return { actions, hits: [...firewall.maps.blocked] };
}

const backends = [
  { name: "simulator", make: (): Backend => simulator(), here: true },
  { name: inKernel, make: (): Backend => kernel(), here: capability.ok },
];

for (const { name, make, here } of backends) {
  describe.skipIf(!here)(name, () => {
    test("drops and counts what is blocked, and nothing else", async () => {
      using firewall = await load<Firewall>(object, make());
      const { blocked } = firewall.maps;
      blocked.set(ipv4("192.0.2.1"), 0n);
      blocked.set(ipv4("192.0.2.2"), 40n);
      const { run } = firewall.programs.firewall;
      expect([from("192.0.2.1"), from("192.0.2.1"), from("192.0.2.2")].map((one) => run(one).action)).toEqual([
        "DROP",
        "DROP",
        "DROP",
      ]);
      expect(run(from("192.0.2.3")).action).toBe("PASS");
      expect(run(from("2.2.0.192")).action).toBe("PASS");
      expect([...blocked].sort()).toEqual([
        [ipv4("192.0.2.1"), 2n],
        [ipv4("192.0.2.2"), 41n],
      ]);
      expect(blocked.delete(ipv4("192.0.2.1"))).toBe(true);
      expect(run(from("192.0.2.1")).action).toBe("PASS");
    });

    test("passes what it does not understand", async () => {
      using firewall = await load<Firewall>(object, make());
      firewall.maps.blocked.set(ipv4("192.0.2.1"), 0n);
      const others = [
        packet(ethernet(), arp({ sip: "192.0.2.1" })),
        packet(ethernet(), ipv6(), icmp({ type: 8 })),
        packet(ethernet(), vlan({ id: 5 }), ipv4({ saddr: "192.0.2.1" }), tcp()),
        from("192.0.2.1").slice(0, 33),
        from("192.0.2.1").slice(0, 14),
      ];
      expect(others.map((one) => firewall.programs.firewall.run(one).action)).toEqual(others.map(() => "PASS"));
      expect(firewall.maps.blocked.get(ipv4("192.0.2.1"))).toBe(0n);
    });

    test("replays recorded traffic", async () => {
      const { actions, hits } = await replay(make());
      // 2 pings, 2 DNS queries, and 5 segments of an HTTP request.
      expect(actions.filter((action) => action === "DROP")).toHaveLength(9);
      expect(actions.filter((action) => action === "PASS")).toHaveLength(actions.length - 9);
      expect(hits).toEqual([[ipv4("10.42.0.66"), 9n]]);
    });
  });
}

test.skipIf(!capability.ok)(`simulator and ${inKernel} agree`, async () => {
  expect(await replay(kernel())).toEqual(await replay(simulator()));
});

test.skipIf(!capability.ok)(`stops real traffic of one source in the ${inKernel}`, async () => {
  await using testbed = await createTestbed();
  using firewall = await load<Firewall>(object, kernel());
  const [blocked = "", free = ""] = testbed.peer.addresses;
  const pings = async (): Promise<readonly number[]> => {
    const first = await testbed.ping({ from: blocked, count: 2 });
    const second = await testbed.ping({ from: free, count: 2 });
    return [first.received, second.received];
  };
  expect(await pings()).toEqual([2, 2]);
  const link = testbed.host.inNamespace(() =>
    firewall.programs.firewall.attach({ interface: testbed.host.interface.name }),
  );
  firewall.maps.blocked.set(ipv4(blocked), 0n);
  expect(await pings()).toEqual([0, 2]);
  expect(firewall.maps.blocked.get(ipv4(blocked))).toBe(2n);
  link.detach();
  expect(await pings()).toEqual([2, 2]);
});
