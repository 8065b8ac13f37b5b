import { xdp, XDP } from "@typebpf/dsl";

function* numbers() { // here
  yield 1;
}

export const filter = xdp(() => XDP.PASS);
