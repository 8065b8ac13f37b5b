import { xdp, XDP } from "@typebpf/dsl";
import { limit } from "../support/limit.ts";

export const filter = xdp((ctx) => {
  if (ctx.rxQueueIndex > limit) return XDP.DROP;
  return XDP.PASS;
});
