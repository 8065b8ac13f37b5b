import { atomicAdd, struct, u32, xdp, XDP } from "@typebpf/dsl";

const Counter = struct("counter", { hits: u32 });

export const filter = xdp(() => {
  const counter = Counter();
  atomicAdd(counter, "hits", 1);
  return XDP.PASS;
});
