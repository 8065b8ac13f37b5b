import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let total = 0;
  const add = (n: number): number => total + n; // here
  total += 1;
  if (add(ctx.rxQueueIndex) > 3) return XDP.DROP;
  return XDP.PASS;
});
