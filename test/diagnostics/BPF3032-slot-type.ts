import { progArray, tc, TC, xdp, XDP } from "@typebpf/dsl";

export const handler = xdp(() => XDP.PASS);
export const jumps = progArray({ programs: { handler } });

export const main = tc((ctx) => {
  jumps.tailCall(ctx, "handler"); // here
  return TC.OK;
});
