import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  try { ctx.getPrandomU32(); } finally {} // here
  return XDP.PASS;
});
