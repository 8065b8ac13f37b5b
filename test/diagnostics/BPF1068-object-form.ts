import { xdp, XDP } from "@typebpf/dsl";

function origin(x: number) {
  return { x, y: 0 };
}

export const filter = xdp((ctx) => {
  const copy = { ...origin(ctx.rxQueueIndex), z: 1 }; // here
  return XDP.PASS;
});
