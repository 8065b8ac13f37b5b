import { array, struct, u16, u16be, xdp, XDP } from "@typebpf/dsl";

const Flow = struct("flow", { native: array(u16, 4), wire: array(u16be, 4) });

export const filter = xdp((ctx) => {
  const flow = Flow();
  flow.native = flow.wire; // here
  return XDP.PASS;
});
