import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let turn = 0;
  for (let i = 0; i < ctx.ingressIfindex; i++) turn = 1 - turn; // here
  return turn === 0 ? XDP.DROP : XDP.PASS;
});
