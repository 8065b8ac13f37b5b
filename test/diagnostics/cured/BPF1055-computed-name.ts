import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const table: Record<number, number> = { [4]: 1 };
  return XDP.PASS;
});
