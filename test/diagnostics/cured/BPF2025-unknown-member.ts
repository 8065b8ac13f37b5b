import { struct, u32, xdp, XDP } from "@typebpf/dsl";

const Tag = struct("tag", { queue: u32 });

export const filter = xdp((ctx) => {
  const more = { queue: ctx.rxQueueIndex, extra: 1 };
  const tag = Tag({ queue: more.queue });
  return XDP.PASS;
});
