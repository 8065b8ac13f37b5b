import { xdp, XDP } from "@typebpf/dsl";

function choose(x: number): number {
  if (x > 1) return 1;
  return 0;
}

export const filter = xdp((ctx) => (choose(ctx.rxQueueIndex) > 1 ? XDP.DROP : XDP.PASS));
