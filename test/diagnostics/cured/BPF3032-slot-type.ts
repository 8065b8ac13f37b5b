import { progArray, tc, TC } from "@typebpf/dsl";

export const handler = tc(() => TC.OK);
export const jumps = progArray({ programs: { handler } });

export const main = tc((ctx) => {
  jumps.tailCall(ctx, "handler");
  return TC.OK;
});
