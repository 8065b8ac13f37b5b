// target: 5.1
import { arrayMap, u32, xdp, XDP } from "@typebpf/dsl";

export const squares = arrayMap({ value: u32, maxEntries: 100 });

export const filter = xdp((ctx) => {
  const square = squares.get(ctx.rxQueueIndex);
  return square && square.value === 49 ? XDP.DROP : XDP.PASS;
});
