import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const point = { x: ctx.rxQueueIndex, y: undefined }; // here
  return XDP.PASS;
});
