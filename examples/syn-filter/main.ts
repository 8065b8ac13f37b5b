// Lets TCP connections in only to the ports that are given, and prints every attempt as it comes.
//   npx tsx examples/syn-filter/main.ts 80 443                              a few attempts, in the simulator
//   sudo npx tsx examples/syn-filter/main.ts 22 80 --interface eth0         what an interface receives, until Ctrl-C
import { parseArgs } from "node:util";
import { compile } from "@typebpf/codegen";
import { ethernet, ipv4, ipv6, kernel, load, packet, simulator, tcp } from "@typebpf/loader";
import { textOf } from "../words.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { interface: { type: "string" } } });
const ports = positionals.length > 0 ? positionals.map(Number) : [80, 443];

const object = await compile(new URL("./syn-filter.bpf.ts", import.meta.url));
const backend = values.interface === undefined ? simulator() : kernel();
using filter = await load<typeof import("./syn-filter.bpf.ts")>(object, backend);
const { open, attempts } = filter.maps;
for (const port of ports) open.set(port, 0n);

if (values.interface === undefined) {
  for (const [source, dest] of [80, 22, 443, 3306].entries()) {
    const from = dest < 100 ? ipv4({ saddr: "192.0.2.1" }) : ipv6({ saddr: "2001:db8::1" });
    filter.programs.filter.run(packet(ethernet(), from, tcp({ source: 40_000 + source, dest, syn: true })));
  }
  // No more will come: the loop below ends with the last of these.
  setTimeout(() => attempts.close(), 100);
} else {
  const link = filter.programs.filter.attach({ interface: values.interface });
  console.log(`${link.description}: open are ${ports.join(", ")}; Ctrl-C ends it`);
  process.once("SIGINT", () => attempts.close());
}

for await (const { timeNs, source, sourcePort, dest, destPort, dropped } of attempts) {
  const seconds = (Number(timeNs) / 1e9).toFixed(3);
  const verdict = dropped === 1 ? "dropped" : "passed";
  console.log(`${seconds}  ${textOf(source)} port ${sourcePort} to ${textOf(dest)} port ${destPort}: ${verdict}`);
}
for (const [port, begun] of open) console.log(`port ${port}: ${begun} connections begun`);
