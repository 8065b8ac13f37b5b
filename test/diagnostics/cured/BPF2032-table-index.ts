import { xdp, XDP } from "@typebpf/dsl";

const PORTS = [80, 443];

export const filter = xdp((ctx) => {
  if (PORTS[1] === ctx.rxQueueIndex) return XDP.DROP;
  return XDP.PASS;
});
