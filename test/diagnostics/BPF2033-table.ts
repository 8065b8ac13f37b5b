import { xdp, XDP } from "@typebpf/dsl";

const PORTS = [80, 443, 0.5];

export const filter = xdp((ctx) => {
  if (PORTS[ctx.rxQueueIndex] === 80) return XDP.DROP; // here
  return XDP.PASS;
});
