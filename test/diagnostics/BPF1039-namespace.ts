import { xdp, XDP } from "@typebpf/dsl";

namespace Ports { // here
  export const HTTP = 80;
}

export const filter = xdp(() => XDP.PASS);
