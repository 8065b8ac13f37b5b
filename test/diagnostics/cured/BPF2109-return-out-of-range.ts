import { cgroupSkb } from "@typebpf/dsl";

export const filter = cgroupSkb.ingress((ctx) => {
  return ctx.len > 0 ? 1 : 0;
});
