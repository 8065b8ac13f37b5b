import { cgroupSkb } from "@typebpf/dsl";

export const filter = cgroupSkb.ingress((ctx) => {
  return ctx.len as 0 | 1; // here
});
