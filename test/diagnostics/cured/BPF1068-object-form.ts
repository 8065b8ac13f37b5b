import { xdp, XDP } from "@typebpf/dsl";

function origin(x: number) {
  return { x, y: 0 };
}

export const filter = xdp((ctx) => {
  const point = origin(ctx.rxQueueIndex);
  const copy = { ...point, z: 1 };
  return XDP.PASS;
});
