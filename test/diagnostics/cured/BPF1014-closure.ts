import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let total = 0;
  const add = (sum: number, n: number): number => sum + n;
  total += 1;
  if (add(total, ctx.rxQueueIndex) > 3) return XDP.DROP;
  return XDP.PASS;
});
