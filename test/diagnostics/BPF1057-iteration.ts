import { xdp, XDP } from "@typebpf/dsl";

const PORTS = [80, 443];

export const filter = xdp((ctx) => {
  let port: number;
  for (port of PORTS) if (port === ctx.rxQueueIndex) return XDP.DROP; // here
  return XDP.PASS;
});
