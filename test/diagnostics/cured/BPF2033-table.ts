import { xdp, XDP } from "@typebpf/dsl";

const PORTS = [80, 443, 8080];

export const filter = xdp((ctx) => {
  if (ctx.rxQueueIndex < PORTS.length && PORTS[ctx.rxQueueIndex] === 80) return XDP.DROP;
  return XDP.PASS;
});
