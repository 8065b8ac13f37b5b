import { xdp } from "@typebpf/dsl";

export const filter = xdp(() => 2); // here
