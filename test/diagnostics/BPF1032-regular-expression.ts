import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const pattern = /GET/; // here
  return XDP.PASS;
});
