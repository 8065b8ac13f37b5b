import { xdp, XDP } from "@typebpf/dsl";

function nothing(): void {}

export const filter = xdp((ctx) => {
  nothing();
  return XDP.PASS;
});
