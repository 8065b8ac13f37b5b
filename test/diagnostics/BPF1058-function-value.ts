import { xdp, XDP } from "@typebpf/dsl";

function one(): number {
  return 1;
}

function two(): number {
  return 2;
}

export const filter = xdp((ctx) => {
  const choose = ctx.rxQueueIndex > 1 ? one : two; // here
  if (choose() === 1) return XDP.DROP;
  return XDP.PASS;
});
