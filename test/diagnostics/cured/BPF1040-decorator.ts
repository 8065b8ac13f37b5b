import { xdp, XDP } from "@typebpf/dsl";

function count(): number {
  return 1;
}

export const filter = xdp(() => XDP.PASS);
