import { progArray, xdp, XDP } from "@typebpf/dsl";

export const pass = xdp(() => XDP.PASS);

export const jumps = progArray({ programs: { pass: "pass", drop: "dropped" } }); // here

export const main = xdp((ctx) => {
  jumps.tailCall(ctx, "drop");
  return XDP.PASS;
});
