import { xdp, XDP } from "@typebpf/dsl";

const PAIR = [1, 2] as const;

function add(a: number, b: number): number {
  return a + b;
}

export const filter = xdp((ctx) => {
  if (add(...PAIR) === 3) return XDP.DROP; // here
  return XDP.PASS;
});
