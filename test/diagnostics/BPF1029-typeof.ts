import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  if (typeof ctx.rxQueueIndex === "number") return XDP.DROP; // here
  return XDP.PASS;
});
