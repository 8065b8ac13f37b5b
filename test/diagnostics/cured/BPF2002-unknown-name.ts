import { trace, xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  trace`queue ${ctx.rxQueueIndex}`;
  return XDP.PASS;
});
