// A firewall with rules from a file: in the simulator, or on an interface.
//   npx tsx examples/trie-firewall/main.ts [RULES]
//   sudo npx tsx examples/trie-firewall/main.ts RULES --interface eth0        until Ctrl-C
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { compile } from "@typebpf/codegen";
import { ethernet, icmp, icmpv6, ipv4, ipv6, kernel, load, packet, simulator } from "@typebpf/loader";
import { parseRules } from "./rules.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { interface: { type: "string" } } });
const rules = parseRules(readFileSync(positionals[0] ?? new URL("./rules.txt", import.meta.url), "utf8"));

const object = await compile(new URL("./trie-firewall.bpf.ts", import.meta.url));
const backend = values.interface === undefined ? simulator() : kernel();
using filter = await load<typeof import("./trie-firewall.bpf.ts")>(object, backend);
const { rules4, rules6 } = filter.maps;
for (const { address, bits, drops } of rules) {
  const rule = { drops: drops ? 1 : 0 };
  if (address.includes(":")) rules6.set({ prefixLength: bits, address: ipv6(address) }, rule);
  else rules4.set({ prefixLength: bits, address: ipv4(address) }, rule);
}

if (values.interface === undefined) {
  for (const saddr of ["203.0.113.5", "203.0.113.7", "198.51.100.1"])
    console.log(`${saddr}: ${filter.programs.firewall.run(packet(ethernet(), ipv4({ saddr }), icmp())).action}`);
  for (const saddr of ["2001:db8::1", "2001:db8:1::1"])
    console.log(`${saddr}: ${filter.programs.firewall.run(packet(ethernet(), ipv6({ saddr }), icmpv6())).action}`);
} else {
  using link = filter.programs.firewall.attach({ interface: values.interface });
  console.log(`${link.description}: ${rules.length} rules; Ctrl-C ends it`);
  await once(process, "SIGINT");
}
for (const { address, bits, drops } of rules) {
  const found = address.includes(":")
    ? rules6.get({ prefixLength: bits, address: ipv6(address) })
    : rules4.get({ prefixLength: bits, address: ipv4(address) });
  console.log(`${drops ? "deny" : "allow"} ${address}/${bits}: ${found?.packets ?? 0n} packets`);
}
