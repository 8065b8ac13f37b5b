import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  debugger; // here
  return XDP.PASS;
});
