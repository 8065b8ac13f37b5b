import { xdp, XDP } from "@typebpf/dsl";

const one = (): number => 1;

function first(...functions: (() => number)[]): number {
  return functions.length;
}

export const filter = xdp(() => {
  return first(one) === 1 ? XDP.PASS : XDP.DROP; // here
});
