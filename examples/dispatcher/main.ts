// Dispatches packets by protocol: in the simulator, or on an interface.
//   npx tsx examples/dispatcher/main.ts
//   sudo npx tsx examples/dispatcher/main.ts --interface eth0        until Ctrl-C
import { once } from "node:events";
import { parseArgs } from "node:util";
import { compile } from "@typebpf/codegen";
import { IpProtocol } from "@typebpf/dsl/net";
import { ethernet, icmp, ipv4, kernel, load, packet, simulator, tcp, udp } from "@typebpf/loader";

const { values } = parseArgs({ options: { interface: { type: "string" } } });
const object = await compile(new URL("./dispatcher.bpf.ts", import.meta.url));
const backend = values.interface === undefined ? simulator() : kernel();
using dispatcher = await load<typeof import("./dispatcher.bpf.ts")>(object, backend);
const { dispatch } = dispatcher.programs;

if (values.interface === undefined) {
  const packets = {
    "a ping": packet(ethernet(), ipv4(), icmp({ type: 8 })),
    "a large ping": packet(ethernet(), ipv4(), icmp({ type: 8 }), new Uint8Array(1200)),
    HTTP: packet(ethernet(), ipv4(), tcp({ dest: 80 })),
    Telnet: packet(ethernet(), ipv4(), tcp({ dest: 23 })),
    DNS: packet(ethernet(), ipv4(), udp({ source: 4000, dest: 53 })),
  };
  for (const [name, one] of Object.entries(packets)) console.log(`${name}: ${dispatch.run(one).action}`);
} else {
  using link = dispatch.attach({ interface: values.interface });
  console.log(`${link.description}; Ctrl-C ends it`);
  await once(process, "SIGINT");
}

for (const name of ["ICMP", "TCP", "UDP"] as const) {
  const copies = dispatcher.maps.counts.get(IpProtocol[name]) ?? [];
  const sum = (which: "passed" | "dropped"): bigint => copies.reduce((total, one) => total + one[which], 0n);
  console.log(`${name}: ${sum("passed")} passed, ${sum("dropped")} dropped`);
}
