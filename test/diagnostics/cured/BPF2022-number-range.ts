import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let large = 9007199254740993n;
  large -= BigInt(ctx.rxQueueIndex);
  return XDP.PASS;
});
