// Prints each TCP connection that a program of this machine makes, or fails to make, until Ctrl-C.
//   sudo npx tsx examples/tcp-connect/main.ts
import { compile } from "@typebpf/codegen";
import { kernel, load } from "@typebpf/loader";
import { addressText, text } from "./address.ts";

const object = await compile(new URL("./tcp-connect.bpf.ts", import.meta.url));
using tracer = await load<typeof import("./tcp-connect.bpf.ts")>(object, kernel());
using link = tracer.programs.watch.attach({});
console.log(`${link.description}; Ctrl-C ends it`);
process.once("SIGINT", () => tracer.maps.connects.close());

for await (const one of tracer.maps.connects) {
  const who = `${text(one.comm)} (${one.pid})`.padEnd(24);
  const where = `${addressText(one.saddr)}:${one.sport} -> ${addressText(one.daddr)}:${one.dport}`;
  const result = one.established === 1 ? `in ${Number(one.durationNs / 1000n) / 1000} ms` : "failed";
  console.log(`${who} ${where} ${result}`);
}
