import { struct, u32, xdp, XDP } from "@typebpf/dsl";

const Point = struct("point", { x: u32, y: u32 });

const origin = (x: number) => Point({ x: u32(x), y: 1 });

export const filter = xdp((ctx) => {
  const point = origin(ctx.ingressIfindex);
  return point.x === 0 ? XDP.DROP : XDP.PASS;
});
