import { struct, u8, xdp, XDP } from "@typebpf/dsl";

const Tag = struct("tag", { queue: u8 });

export const filter = xdp(() => {
  const tag = Tag();
  tag.queue = 256; // here
  return XDP.PASS;
});
