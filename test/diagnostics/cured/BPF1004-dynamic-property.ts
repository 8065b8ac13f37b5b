import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const pair = { first: ctx.rxQueueIndex, second: 2 };
  if ((ctx.ingressIfindex === 0 ? pair.first : pair.second) === 1) return XDP.DROP;
  return XDP.PASS;
});
