// A TCP proxy whose data path is in the kernel, in front of a server on this host.
//   sudo npx tsx examples/socket-redirector/main.ts 8080 80        port 8080 goes to port 80; until Ctrl-C
import { once } from "node:events";
import { compile } from "@typebpf/codegen";
import { kernel, load } from "@typebpf/loader";
import { createProxy } from "./proxy.ts";

const [from = 8080, to = 80] = process.argv.slice(2).map(Number);
const object = await compile(new URL("./socket-redirector.bpf.ts", import.meta.url));
using redirector = await load<typeof import("./socket-redirector.bpf.ts")>(object, kernel());
using link = redirector.programs.splice.attach({ map: "sockets" });
const proxy = createProxy(redirector, { host: "127.0.0.1", port: to });
proxy.listen(from, "127.0.0.1");
console.log(`${link.description}: port ${from} goes to port ${to}; Ctrl-C ends it`);
const timer = setInterval(() => {
  for (const [ends, { bytes, segments }] of redirector.maps.joined)
    console.log(`port ${ends.local} from ${ends.remote}: ${bytes} bytes in ${segments} segments`);
}, 1000);
await once(process, "SIGINT");
clearInterval(timer);
proxy.close();
