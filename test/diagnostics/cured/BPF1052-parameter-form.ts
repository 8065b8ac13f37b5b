import { xdp, XDP } from "@typebpf/dsl";

function first(...numbers: readonly [number, number]): number {
  return numbers[0];
}

export const filter = xdp(() => {
  return first(1, 2) === 1 ? XDP.PASS : XDP.DROP;
});
