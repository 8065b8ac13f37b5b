import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  let name = "queue"; // here
  name = "other";
  return XDP.PASS;
});
