import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const bytes = new Uint8Array(4); // here
  return XDP.PASS;
});
