import { trace, xdp, XDP } from "@typebpf/dsl";

export const main = xdp(() => {
  trace`larger`;
  return XDP.PASS;
});
