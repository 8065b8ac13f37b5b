// Blocks DNS queries for domains and all names under them: in the simulator, or on their way out of an interface.
//   npx tsx examples/dns-block/main.ts ads.example tracker.example
//   sudo npx tsx examples/dns-block/main.ts ads.example --interface eth0        until Ctrl-C
import { once } from "node:events";
import { parseArgs } from "node:util";
import { compile } from "@typebpf/codegen";
import { dnsQuery, ethernet, ipv4, kernel, load, packet, simulator, udp } from "@typebpf/loader";
import { domainPrefix } from "./domain.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { interface: { type: "string" } } });
const domains = positionals.length > 0 ? positionals : ["ads.example"];

const object = await compile(new URL("./dns-block.bpf.ts", import.meta.url));
const backend = values.interface === undefined ? simulator() : kernel();
using filter = await load<typeof import("./dns-block.bpf.ts")>(object, backend);
const { blocked } = filter.maps;
for (const domain of domains) blocked.set(domainPrefix(domain), 0n);

if (values.interface === undefined) {
  for (const name of domains.flatMap((domain) => [domain, `WWW.${domain}`, `not${domain}`])) {
    const query = packet(ethernet(), ipv4(), udp({ dest: 53 }), dnsQuery({ name }));
    console.log(`a query for ${name}: ${filter.programs.block.run(query).action}`);
  }
} else {
  using link = filter.programs.block.attach({ interface: values.interface, direction: "egress" });
  for (const { message } of link.warnings ?? []) console.warn(message);
  console.log(`${link.description}: ${domains.join(", ")} blocked; Ctrl-C ends it`);
  const timer = setInterval(() => undefined, 1000);
  await once(process, "SIGINT");
  clearInterval(timer);
}

for (const domain of domains) console.log(`${domain}: ${blocked.get(domainPrefix(domain))} queries dropped`);
