// Limits how many packets each IPv4 source may send: in the simulator, with time that passes at once, or on an interface.
//   npx tsx examples/rate-limit/main.ts --rate 10 --burst 5
//   sudo npx tsx examples/rate-limit/main.ts --rate 1000 --burst 100 --interface eth0        until Ctrl-C
import { once } from "node:events";
import { parseArgs } from "node:util";
import { compile } from "@typebpf/codegen";
import { ethernet, icmp, ipv4, kernel, load, packet, simulator, virtualClock } from "@typebpf/loader";
import { formatIpv4 } from "@typebpf/loader/packet";

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "10" },
    burst: { type: "string", default: "5" },
    interface: { type: "string" },
  },
});
const second = 1_000_000_000n;
const [rate, burst] = [Number(values.rate), Number(values.burst)];
if (![rate, burst].every((number) => Number.isInteger(number) && number > 0 && number <= 1e9)) {
  console.error("--rate (packets in a second) and --burst (packets at once) are whole numbers from 1 to 1000000000");
  process.exit(2);
}

const clock = virtualClock();
const object = await compile(new URL("./rate-limit.bpf.ts", import.meta.url));
const backend = values.interface === undefined ? simulator({ clock }) : kernel();
using limiter = await load<typeof import("./rate-limit.bpf.ts")>(object, backend);
limiter.maps.limits.set(0, { nsPerToken: second / BigInt(rate), burst: BigInt(burst) });

function print(): void {
  for (const [saddr, { tokens, dropped }] of limiter.maps.buckets) {
    console.log(`${formatIpv4(saddr)}: ${dropped} packets dropped, ${tokens} tokens left`);
  }
}

if (values.interface === undefined) {
  const ping = packet(ethernet(), ipv4({ saddr: "192.0.2.1" }), icmp());
  for (let tenths = 0; tenths < 5; tenths++) {
    const actions = Array.from({ length: 4 }, () => limiter.programs.limit.run(ping).action);
    console.log(`after 0.${tenths} s, 4 pings at once: ${actions.join(" ")}`);
    clock.advance(second / 10n);
  }
} else {
  using link = limiter.programs.limit.attach({ interface: values.interface });
  console.log(`${link.description}: ${rate} packets a second from each source; Ctrl-C ends it`);
  const timer = setInterval(print, 1000);
  await once(process, "SIGINT");
  clearInterval(timer);
}
print();
