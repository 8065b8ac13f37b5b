import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp(() => {
  const nothing = 0;
  return XDP.PASS;
});
