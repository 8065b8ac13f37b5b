import { xdp, XDP } from "@typebpf/dsl";

function factorial(n: number): number {
  let product = 1;
  for (let i = 2; i <= Math.min(n, 12); i++) product = Math.imul(product, i) >>> 0;
  return product;
}

export const filter = xdp((ctx) => {
  if (factorial(ctx.rxQueueIndex) === 1) return XDP.DROP;
  return XDP.PASS;
});
