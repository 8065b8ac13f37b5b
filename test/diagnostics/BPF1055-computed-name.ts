import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const table: Record<number, number> = { [ctx.rxQueueIndex]: 1 }; // here
  return XDP.PASS;
});
