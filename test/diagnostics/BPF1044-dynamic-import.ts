import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const other = import("./support/limit.ts"); // here
  return XDP.PASS;
});
