import { xdp, XDP } from "@typebpf/dsl";

function sum(): number {
  let total = 0;
  for (let i = 0; i < 10_000_000; i++) total = (total + i) | 0;
  return total;
}

const total = sum(); // here

export const filter = xdp(() => (total > 0 ? XDP.PASS : XDP.DROP));
