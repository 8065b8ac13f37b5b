import { struct, u8, xdp, XDP } from "@typebpf/dsl";

const Tag = struct("tag", { queue: u8 });

export const filter = xdp(() => {
  const tag = Tag();
  tag.queue = 255;
  return XDP.PASS;
});
