import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let large = 9007199254740993; // here
  large -= ctx.rxQueueIndex;
  return XDP.PASS;
});
