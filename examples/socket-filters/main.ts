// An application with three UDP services. Each opens its socket and gives it a filter of its own, so that what is no
// request never reaches the process; then some datagrams are sent to each.
//   sudo npx tsx examples/socket-filters/main.ts
//   npx tsx examples/socket-filters/main.ts --simulate
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { compile } from "@typebpf/codegen";
import { ethernet, ipv4, kernel, load, packet, simulator, udp } from "@typebpf/loader";

const { values } = parseArgs({ options: { simulate: { type: "boolean", default: false } } });

const question = Buffer.from("12340100000100000000000004746573740000010001", "hex");
const services = ["names", "metrics", "log"] as const;
const datagrams: Readonly<Record<(typeof services)[number], readonly (string | Buffer)[]>> = {
  names: [question, "hello"],
  metrics: ["app.requests:1|c", "other.requests:1|c"],
  log: ["<13>started", "started"],
};

const object = await compile(new URL("./socket-filters.bpf.ts", import.meta.url));
const backend = values.simulate ? simulator({ socketFilterStart: "transport" }) : kernel();
using filters = await load<typeof import("./socket-filters.bpf.ts")>(object, backend);

/** Opens a service's socket, filtered from its first datagram on. */
async function open(service: (typeof services)[number]): Promise<Socket> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  filters.programs[service].attach({ socket });
  socket.on("message", (message) => console.log(`${service}: ${message.length} bytes`));
  return socket;
}

if (values.simulate) {
  for (const service of services) {
    for (const text of datagrams[service]) {
      const { retval } = filters.programs[service].run(packet(ethernet(), ipv4(), udp(), text));
      console.log(`${service}: ${retval === 0 ? "nothing" : `${retval - 8} bytes`}`);
    }
  }
} else {
  const sockets = await Promise.all(services.map(open));
  const client = createSocket("udp4");
  for (const [index, service] of services.entries()) {
    const { port } = sockets[index]?.address() ?? { port: 0 };
    for (const text of datagrams[service]) client.send(text, port, "127.0.0.1");
  }
  await delay(200);
  for (const socket of [...sockets, client]) socket.close();
}

for (const [index, service] of services.entries()) {
  const { accepted = 0n, refused = 0n } = filters.maps.counts.get(index) ?? {};
  console.log(`${service}: ${accepted} accepted, ${refused} refused`);
}
