import { struct, u8, xdp, XDP } from "@typebpf/dsl";

const Tag = struct("tag", { queue: u8 });

export const filter = xdp((ctx) => {
  const tag = Tag();
  tag.queue = u8(ctx.rxQueueIndex + 1);
  return XDP.PASS;
});
