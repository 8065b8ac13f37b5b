import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let turn = 0;
  for (let i = 0; i < 64; i++) {
    if (ctx.getPrandomU32() === 7) break;
    turn = 1 - turn;
  }
  return turn === 0 ? XDP.DROP : XDP.PASS;
});
