import { xdp, XDP } from "@typebpf/dsl";

function nothing(): void {}

export const filter = xdp((ctx) => {
  const result = nothing(); // here
  return XDP.PASS;
});
