import { range, xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const turns = range(4); // here
  return XDP.PASS;
});
