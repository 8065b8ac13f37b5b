import { xdp, XDP } from "@typebpf/dsl";

function twice(x: number): number {
  return x * 2;
}

const LIMIT = twice(4); // here

export const filter = xdp(() => XDP.PASS);
