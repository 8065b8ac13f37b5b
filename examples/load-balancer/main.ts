// Balances a service over servers, which are given by their MAC addresses: in the simulator, or on an interface.
//   npx tsx examples/load-balancer/main.ts 192.0.2.100 80 02:00:00:00:00:0a 02:00:00:00:00:0b
//   sudo npx tsx examples/load-balancer/main.ts 192.0.2.100 80 02:00:00:00:00:0a --interface eth0        until Ctrl-C
import { once } from "node:events";
import { parseArgs } from "node:util";
import { compile } from "@typebpf/codegen";
import { IpProtocol } from "@typebpf/dsl/net";
import { ethernet, ipv4, ipv6, kernel, load, mac, packet, simulator, tcp } from "@typebpf/loader";
import { formatMac } from "@typebpf/loader/packet";
import { wordsOf } from "../words.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { interface: { type: "string" } } });
const [daddr = "192.0.2.100", portText = "80", ...given] = positionals;
const macs = given.length > 0 ? given : ["02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:0c"];
const port = Number(portText);

const object = await compile(new URL("./load-balancer.bpf.ts", import.meta.url));
const backend = values.interface === undefined ? simulator() : kernel();
using balancer = await load<typeof import("./load-balancer.bpf.ts")>(object, backend);
const { services, servers, forwarded } = balancer.maps;
for (const [number, text] of macs.entries()) servers.set(number, { mac: mac(text), up: 1 });
const service = { address: wordsOf(daddr), port, protocol: IpProtocol.TCP };
services.set(service, { first: 0, count: macs.length });

function print(): void {
  const counts = macs.map((text, number) => {
    const packets = forwarded.get(number)?.reduce((sum, one) => sum + one, 0n) ?? 0n;
    return `${text}: ${packets}`;
  });
  console.log(`packets forwarded  ${counts.join("  ")}`);
}

if (values.interface === undefined) {
  const from = daddr.includes(":") ? ipv6({ daddr }) : ipv4({ daddr });
  for (let source = 40_000; source < 40_008; source++) {
    const result = balancer.programs.balance.run(packet(ethernet(), from, tcp({ source, dest: port, syn: true })));
    console.log(`a connection from port ${source}: ${result.action} to ${formatMac(result.packet.subarray(0, 6))}`);
  }
} else {
  using link = balancer.programs.balance.attach({ interface: values.interface });
  console.log(`${link.description}: ${daddr} port ${port} goes to ${macs.length} servers; Ctrl-C ends it`);
  const timer = setInterval(print, 1000);
  await once(process, "SIGINT");
  clearInterval(timer);
}
print();
