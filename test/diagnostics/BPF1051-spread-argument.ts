import { atomicAdd, struct, u32, xdp, XDP } from "@typebpf/dsl";

const Counter = struct("counter", { hits: u32 });
const STEP = ["hits", 1] as const;

export const filter = xdp(() => {
  const counter = Counter();
  atomicAdd(counter, ...STEP); // here
  return XDP.PASS;
});
