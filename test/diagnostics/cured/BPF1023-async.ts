import { xdp, XDP } from "@typebpf/dsl";

function later() {
  return 1;
}

export const filter = xdp(() => XDP.PASS);
