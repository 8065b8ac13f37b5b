import { xdp, XDP } from "@typebpf/dsl";

function sum(): number {
  let total = 0;
  for (let i = 0; i < 1_000; i++) total = (total + i) | 0;
  return total;
}

const total = sum();

export const filter = xdp(() => (total > 0 ? XDP.PASS : XDP.DROP));
