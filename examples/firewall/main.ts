// Uses the firewall from a program: blocks the addresses that are given, on an interface where one is named.
//   npx tsx examples/firewall/main.ts 192.0.2.1 192.0.2.2                    what would happen, in the simulator
//   sudo npx tsx examples/firewall/main.ts 192.0.2.1 --interface eth0        for real, until Ctrl-C
import { setInterval } from "node:timers/promises";
import { parseArgs } from "node:util";
import { compile } from "@typebpf/codegen";
import { ethernet, icmp, ipv4, kernel, load, packet, simulator } from "@typebpf/loader";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { interface: { type: "string" } } });
const addresses = positionals.length > 0 ? positionals : ["192.0.2.1"];

const object = await compile(new URL("./firewall.bpf.ts", import.meta.url));
const backend = values.interface === undefined ? simulator() : kernel();
using firewall = await load<typeof import("./firewall.bpf.ts")>(object, backend);
for (const address of addresses) firewall.maps.blocked.set(ipv4(address), 0n);

if (values.interface === undefined) {
  for (const saddr of [...addresses, "198.51.100.7"]) {
    const { action } = firewall.programs.firewall.run(packet(ethernet(), ipv4({ saddr }), icmp({ type: 8 })));
    console.log(`a ping from ${saddr}: ${action}`);
  }
} else {
  using link = firewall.programs.firewall.attach({ interface: values.interface });
  console.log(`${link.description}: ${addresses.join(", ")} blocked; Ctrl-C ends it`);
  let stop = false;
  process.once("SIGINT", () => {
    stop = true;
  });
  for await (const _ of setInterval(200)) if (stop) break;
}

for (const address of addresses) console.log(`${address}: ${firewall.maps.blocked.get(ipv4(address))} packets dropped`);
