// Lets a packet socket have nothing but HTTP GET requests, and counts them: of a capture, or of what passes an interface.
//   npx tsx examples/socket-http/main.ts examples/captures/ping-dns-http.pcap
//   sudo npx tsx examples/socket-http/main.ts --interface eth0                  until Ctrl-C
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readCapture } from "@typebpf/cli";
import { compile } from "@typebpf/codegen";
import { kernel, load, simulator } from "@typebpf/loader";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { interface: { type: "string" } } });
const [file = "examples/captures/ping-dns-http.pcap"] = positionals;

const object = await compile(new URL("./socket-http.bpf.ts", import.meta.url));
const backend = values.interface === undefined ? simulator() : kernel();
using filter = await load<typeof import("./socket-http.bpf.ts")>(object, backend);

if (values.interface === undefined) {
  for (const { data } of readCapture(readFileSync(file), file).packets) {
    const { retval } = filter.programs.http.run(data);
    if (retval === 0) continue;
    const [line] = Buffer.from(data.subarray(data.length - retval))
      .toString("latin1")
      .match(/GET [^\r\n]*/) ?? [""];
    console.log(`the socket gets ${retval} bytes: ${line}`);
  }
} else {
  using link = filter.programs.http.attach({ interface: values.interface });
  console.log(`${link.description}; Ctrl-C ends it`);
  const timer = setInterval(() => {
    const passed = link.passed?.() ?? 0;
    if (passed > 0) console.log(`${passed} GET requests came to the socket`);
  }, 1000);
  await once(process, "SIGINT");
  clearInterval(timer);
}

const { gets = 0n, others = 0n } = filter.maps.seen.get(0) ?? {};
console.log(`${gets} GET requests, ${others} other packets`);
