import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const a = { x: ctx.rxQueueIndex };
  const b = { x: 2 };
  const either = ctx.ingressIfindex > 1 ? { ...a } : { ...b };
  either.x += 1;
  return XDP.PASS;
});
