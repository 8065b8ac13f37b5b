import { xdp, XDP } from "@typebpf/dsl";

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1); // here
}

export const filter = xdp((ctx) => {
  if (factorial(ctx.rxQueueIndex) === 1) return XDP.DROP;
  return XDP.PASS;
});
