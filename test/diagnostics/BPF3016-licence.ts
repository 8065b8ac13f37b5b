import { trace, xdp, XDP } from "@typebpf/dsl";

export const license = "MIT";

export const main = xdp(() => {
  trace`seen`; // here
  return XDP.PASS;
});
