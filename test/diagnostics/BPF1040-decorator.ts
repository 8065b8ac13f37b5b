import { xdp, XDP } from "@typebpf/dsl";

@logged // here
function count(): number {
  return 1;
}

export const filter = xdp(() => XDP.PASS);
