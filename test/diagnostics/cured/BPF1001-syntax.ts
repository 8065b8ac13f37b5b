import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const x = 1;
  return XDP.PASS;
});
