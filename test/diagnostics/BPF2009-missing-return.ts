import { xdp, XDP } from "@typebpf/dsl";

function choose(x: number): number { // here
  if (x > 1) return 1;
}

export const filter = xdp((ctx) => (choose(ctx.rxQueueIndex) > 1 ? XDP.DROP : XDP.PASS));
