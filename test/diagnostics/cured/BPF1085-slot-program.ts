import { progArray, xdp, XDP } from "@typebpf/dsl";

export const pass = xdp(() => XDP.PASS);
export const drop = xdp(() => XDP.DROP);

export const jumps = progArray({ programs: { pass: "pass", drop: "drop" } });

export const main = xdp((ctx) => {
  jumps.tailCall(ctx, "drop");
  return XDP.PASS;
});
