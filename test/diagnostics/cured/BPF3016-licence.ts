import { trace, xdp, XDP } from "@typebpf/dsl";

export const license = "Dual MIT/GPL";

export const main = xdp(() => {
  trace`seen`;
  return XDP.PASS;
});
