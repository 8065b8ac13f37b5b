import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let turn = 0;
  for (let i = 0; i < Math.min(ctx.ingressIfindex, 64); i++) turn = 1 - turn;
  return turn === 0 ? XDP.DROP : XDP.PASS;
});
