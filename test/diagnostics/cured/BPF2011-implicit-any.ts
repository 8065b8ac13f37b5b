import { xdp, XDP } from "@typebpf/dsl";

function choose(x: number): number {
  return x;
}

export const filter = xdp((ctx) => (choose(ctx.rxQueueIndex) > 1 ? XDP.DROP : XDP.PASS));
