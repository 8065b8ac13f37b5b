import { array, struct, u16, xdp, XDP } from "@typebpf/dsl";

const Flow = struct("flow", { native: array(u16, 4), wire: array(u16, 4) });

export const filter = xdp((ctx) => {
  const flow = Flow();
  flow.native = flow.wire;
  return XDP.PASS;
});
