// Shows what the processes of a control group, and of the groups below it, send and receive: by group and protocol.
//   sudo npx tsx examples/network-accountant/main.ts --cgroup /sys/fs/cgroup/system.slice          until Ctrl-C
//   sudo npx tsx examples/network-accountant/main.ts --cgroup /sys/fs/cgroup/NAME --seconds 10
//   npx tsx examples/network-accountant/main.ts                                    two packets, in the simulator
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compile } from "@typebpf/codegen";
import { ethernet, ipv4, kernel, load, packet, simulator, tcp, udp } from "@typebpf/loader";

const { values } = parseArgs({ options: { cgroup: { type: "string" }, seconds: { type: "string" } } });
const protocols: Readonly<Record<number, string>> = { 1: "ICMP", 2: "IGMP", 6: "TCP", 17: "UDP", 58: "ICMPv6" };

/** A group's number is that of its directory. */
function namesBelow(path: string, names = new Map<bigint, string>()): Map<bigint, string> {
  names.set(statSync(path, { bigint: true }).ino, path);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) namesBelow(join(path, entry.name), names);
  }
  return names;
}

const object = await compile(new URL("./network-accountant.bpf.ts", import.meta.url));
const backend = values.cgroup === undefined ? simulator() : kernel();
using accountant = await load<typeof import("./network-accountant.bpf.ts")>(object, backend);

function print(): void {
  const names = values.cgroup === undefined ? new Map<bigint, string>() : namesBelow(values.cgroup);
  const rows = [...accountant.maps.accounts].sort(([, left], [, right]) => Number(right.bytes - left.bytes));
  for (const [{ cgroup, sent, protocol }, { packets, bytes }] of rows) {
    const name = names.get(cgroup) ?? `group ${cgroup}`;
    const what = `${protocols[protocol] ?? `protocol ${protocol}`} ${sent === 1 ? "sent" : "received"}`;
    console.log(`${name}  ${what}: ${packets} packets, ${bytes} bytes`);
  }
}

if (values.cgroup === undefined) {
  accountant.programs.received.run(packet(ethernet(), ipv4(), tcp(), "x".repeat(100)));
  accountant.programs.sent.run(packet(ethernet(), ipv4(), udp(), "hello"));
} else {
  using received = accountant.programs.received.attach({ cgroup: values.cgroup });
  using sent = accountant.programs.sent.attach({ cgroup: values.cgroup });
  console.log(`${received.description}\n${sent.description}`);
  const timeout = values.seconds === undefined ? undefined : AbortSignal.timeout(Number(values.seconds) * 1000);
  await once(process, "SIGINT", timeout && { signal: timeout }).catch(() => {});
}
print();
