import { xdp, XDP } from "@typebpf/dsl";

async function later() { // here
  return 1;
}

export const filter = xdp(() => XDP.PASS);
