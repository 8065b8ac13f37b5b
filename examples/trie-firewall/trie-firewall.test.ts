// The trie firewall on both back ends, its rules as text, and real packets between two network namespaces.
import { readFileSync } from "node:fs";
import type { BpfObject } from "@typebpf/abi";
import { compile } from "@typebpf/codegen";
import { arp, type Backend, ethernet, icmp, icmpv6, ipv4, ipv6, kernel, load, packet } from "@typebpf/loader";
import { createTestbed } from "@typebpf/loader/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { backends, inKernel, kernelHere } from "../testing.ts";
import { parseRules, type Rule } from "./rules.ts";

type Firewall = typeof import("./trie-firewall.bpf.ts");

const rules = parseRules(readFileSync(new URL("./rules.txt", import.meta.url), "utf8"));
let object: BpfObject;
beforeAll(async () => {
  object = await compile(new URL("./trie-firewall.bpf.ts", import.meta.url));
});

async function start(backend: Backend, given: readonly Rule[]) {
  const filter = await load<Firewall>(object, backend);
  for (const { address, bits, drops } of given) {
    const rule = { drops: drops ? 1 : 0 };
    if (address.includes(":")) filter.maps.rules6.set({ prefixLength: bits, address: ipv6(address) }, rule);
    else filter.maps.rules4.set({ prefixLength: bits, address: ipv4(address) }, rule);
  }
  return filter;
}

for (const { name, make, here } of backends) {
  describe.skipIf(!here)(name, () => {
    test("the longest prefix decides, and counts", async () => {
      using filter = await start(make(), rules);
      const from4 = (saddr: string) => filter.programs.firewall.run(packet(ethernet(), ipv4({ saddr }), icmp())).action;
      const from6 = (saddr: string) =>
        filter.programs.firewall.run(packet(ethernet(), ipv6({ saddr }), icmpv6())).action;
      expect(["203.0.113.0", "203.0.113.255", "203.0.113.7", "203.0.114.1", "203.0.112.255"].map(from4)).toEqual([
        ...["DROP", "DROP", "PASS", "PASS", "PASS"],
      ]);
      expect(["2001:db8::1", "2001:db8:1::1", "2001:db9::1", "::1"].map(from6)).toEqual([
        "DROP",
        "PASS",
        "PASS",
        "PASS",
      ]);
      expect(filter.programs.firewall.run(packet(ethernet(), arp())).action).toBe("PASS");
      const { rules4 } = filter.maps;
      expect(rules4.get({ prefixLength: 24, address: ipv4("203.0.113.0") })).toEqual({ drops: 1, packets: 2n });
      expect(rules4.get({ prefixLength: 32, address: ipv4("203.0.113.7") })).toEqual({ drops: 0, packets: 1n });
    });
  });
}

test("rules as text", () => {
  expect(parseRules("\n # nothing\n deny 10.0.0.0/8 # all of it\nallow ::1\n")).toEqual([
    { drops: true, address: "10.0.0.0", bits: 8 },
    { drops: false, address: "::1", bits: 128 },
  ]);
  expect(() => parseRules("deny 10.0.0.0/8\ndeny 10.0.0.0/33")).toThrow('line 2: "deny 10.0.0.0/33" is no rule');
  expect(() => parseRules("block 10.0.0.0")).toThrow("line 1");
});

test.skipIf(!kernelHere)(`real packets are dropped by rule in the ${inKernel}`, async () => {
  await using testbed = await createTestbed();
  using filter = await start(kernel(), parseRules("deny 10.42.0.0/29\nallow 10.42.0.2\ndeny fd42::/64"));
  using _ = testbed.host.inNamespace(() => filter.programs.firewall.attach({ interface: "veth0" }));
  const quick = { count: 2, timeoutMs: 200 };
  expect((await testbed.ping({ from: "10.42.0.2" })).received).toBe(3);
  expect((await testbed.ping({ from: "10.42.0.3", ...quick })).received).toBe(0);
  expect((await testbed.ping({ from: "fd42::2", ...quick })).received).toBe(0);
  filter.maps.rules4.delete({ prefixLength: 29, address: ipv4("10.42.0.0") });
  expect((await testbed.ping({ from: "10.42.0.3" })).received).toBe(3);
});
