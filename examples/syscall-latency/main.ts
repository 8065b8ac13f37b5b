// How long the system calls of a process take: a histogram of powers of two, after some seconds or at Ctrl-C.
//   sudo npx tsx examples/syscall-latency/main.ts --pid 1234 [--call 257] [--seconds 5]
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { compile } from "@typebpf/codegen";
import { kernel, load } from "@typebpf/loader";
import { histogramLines } from "./histogram.ts";

const { values } = parseArgs({
  options: { pid: { type: "string" }, call: { type: "string" }, seconds: { type: "string", default: "5" } },
});
const pid = Number(values.pid ?? process.ppid);
const call = values.call === undefined ? 0xffff_ffff : Number(values.call);

const object = await compile(new URL("./syscall-latency.bpf.ts", import.meta.url));
const config = { watched: { pid, call } };
using tracer = await load<typeof import("./syscall-latency.bpf.ts")>(object, kernel(), { config });
using _exit = tracer.programs.exit.attach({});
using _enter = tracer.programs.enter.attach({});
console.log(`system calls of process ${pid}, for ${values.seconds} seconds`);
await Promise.race([delay(Number(values.seconds) * 1000), once(process, "SIGINT")]);
const counts = [...tracer.maps.latencies].map(([, count]) => count);
for (const line of histogramLines(counts, "ns")) console.log(line);
