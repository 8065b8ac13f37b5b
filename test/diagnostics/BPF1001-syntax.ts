import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const x = ; // here
  return XDP.PASS;
});
