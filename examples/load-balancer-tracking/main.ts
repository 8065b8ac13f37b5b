// Balances a service over servers, which are given by their MAC addresses: in the simulator, or on an interface.
//   npx tsx examples/load-balancer-tracking/main.ts 192.0.2.100 80 02:00:00:00:00:0a 02:00:00:00:00:0b
//   sudo npx tsx examples/load-balancer-tracking/main.ts 192.0.2.100 80 02:00:00:00:00:0a --interface eth0    until Ctrl-C
import { once } from "node:events";
import { parseArgs } from "node:util";
import { compile } from "@typebpf/codegen";
import { IpProtocol } from "@typebpf/dsl/net";
import { ethernet, ipv4, kernel, load, mac, packet, simulator, tcp, withConfig } from "@typebpf/loader";
import { formatIpv4, formatMac } from "@typebpf/loader/packet";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { interface: { type: "string" } } });
const [daddr = "192.0.2.100", portText = "80", ...given] = positionals;
const macs = given.length > 0 ? given : ["02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:0c"];
const port = Number(portText);

const object = withConfig(await compile(new URL("./load-balancer-tracking.bpf.ts", import.meta.url)), {
  settings: { servers: macs.length, idleNs: 300_000_000_000n },
});
const backend = values.interface === undefined ? simulator() : kernel();
using balancer = await load<typeof import("./load-balancer-tracking.bpf.ts")>(object, backend);
const { services, servers, connections } = balancer.maps;
for (const [number, text] of macs.entries()) servers.set(number, { mac: mac(text), up: 1 });
services.set({ address: ipv4(daddr), port, protocol: IpProtocol.TCP }, 0);

if (values.interface === undefined) {
  const run = (source: number, flags: object) => {
    const segment = tcp({ source, dest: port, ...flags });
    const result = balancer.programs.balance.run(packet(ethernet(), ipv4({ daddr }), segment));
    const where = result.action === "TX" ? ` to ${formatMac(result.packet.subarray(0, 6))}` : "";
    console.log(`port ${source}, ${Object.keys(flags).join(" ")}: ${result.action}${where}`);
  };
  for (const source of [40_000, 40_001, 40_002]) run(source, { syn: true });
  servers.set(0, { mac: mac(macs[0] ?? ""), up: 0 });
  console.log("the first server gets no new connections");
  run(40_000, { ack: true });
  run(40_003, { syn: true });
  run(40_009, { ack: true });
} else {
  using link = balancer.programs.balance.attach({ interface: values.interface });
  console.log(`${link.description}: ${daddr} port ${port} goes to ${macs.length} servers; Ctrl-C ends it`);
  await once(process, "SIGINT");
}
for (const [{ source, ports }, { server, packets }] of connections)
  console.log(`${formatIpv4(source)}:${ports.source} has server ${server}: ${packets} packets`);
