import { trace, xdp, XDP } from "@typebpf/dsl";

export const main = xdp(() => {
  trace`größer`; // here
  return XDP.PASS;
});
