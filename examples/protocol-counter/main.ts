// Counts packets by protocol: of a capture in the simulator, or of what an interface receives, every second.
//   npx tsx examples/protocol-counter/main.ts examples/captures/ping-dns-http.pcap
//   sudo npx tsx examples/protocol-counter/main.ts --interface eth0                  until Ctrl-C
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readCapture } from "@typebpf/cli";
import { compile } from "@typebpf/codegen";
import { IpProtocol } from "@typebpf/dsl/net";
import { kernel, load, simulator } from "@typebpf/loader";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { interface: { type: "string" } } });
const [file = "examples/captures/ping-dns-http.pcap"] = positionals;

const object = await compile(new URL("./protocol-counter.bpf.ts", import.meta.url));
const backend = values.interface === undefined ? simulator() : kernel();
using counter = await load<typeof import("./protocol-counter.bpf.ts")>(object, backend);

const names = new Map<number, string>(Object.entries(IpProtocol).map(([name, number]) => [number, name]));

/** The sum over all CPUs of every protocol that was seen. */
function print(): void {
  console.log("\nprotocol     packets      bytes");
  for (const [protocol, copies] of counter.maps.counters) {
    const packets = copies.reduce((sum, one) => sum + one.packets, 0n);
    const bytes = copies.reduce((sum, one) => sum + one.bytes, 0n);
    const name = names.get(protocol) ?? (protocol === 255 ? "not IP" : `${protocol}`);
    if (packets > 0n) console.log(`${name.padEnd(10)}${`${packets}`.padStart(10)}${`${bytes}`.padStart(11)}`);
  }
}

if (values.interface === undefined) {
  for (const { data } of readCapture(readFileSync(file), file).packets) counter.programs.count.run(data);
} else {
  using link = counter.programs.count.attach({ interface: values.interface });
  console.log(`${link.description}; Ctrl-C ends it`);
  const timer = setInterval(print, 1000);
  await once(process, "SIGINT");
  clearInterval(timer);
}
print();
