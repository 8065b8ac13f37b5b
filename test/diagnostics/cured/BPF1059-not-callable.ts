import { xdp, XDP } from "@typebpf/dsl";

function inside(x: number): number {
  return x & 1;
}

export const filter = xdp((ctx) => {
  if (inside(ctx.rxQueueIndex) === 1) return XDP.DROP;
  return XDP.PASS;
});
