import { xdp, XDP } from "@typebpf/dsl";

function one(): number {
  return 1;
}

function two(): number {
  return 2;
}

export const filter = xdp((ctx) => {
  const chosen = ctx.rxQueueIndex > 1 ? one() : two();
  if (chosen === 1) return XDP.DROP;
  return XDP.PASS;
});
