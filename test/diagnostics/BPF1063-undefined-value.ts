import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp(() => {
  const nothing = undefined; // here
  return XDP.PASS;
});
