import { xdp, XDP } from "@typebpf/dsl";

enum Action { // here
  Pass,
  Drop,
}

export const filter = xdp(() => XDP.PASS);
