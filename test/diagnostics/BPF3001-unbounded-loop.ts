import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let turn = 0;
  while (ctx.getPrandomU32() !== 7) turn = 1 - turn; // here
  return turn === 0 ? XDP.DROP : XDP.PASS;
});
