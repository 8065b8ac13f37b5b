import { xdp, XDP } from "@typebpf/dsl";

function twice(point: { readonly x: number }): number {
  return point.x * 2;
}

export const filter = xdp((ctx) => {
  const point = { x: ctx.rxQueueIndex };
  if (twice(point) > 4) return XDP.DROP;
  return XDP.PASS;
});
