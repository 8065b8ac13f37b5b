import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const point = {
    x: ctx.rxQueueIndex,
    twice() { // here
      return 2;
    },
  };
  return XDP.PASS;
});
