import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const counts = new Map(); // here
  return XDP.PASS;
});
