import { xdp, XDP } from "@typebpf/dsl";

const Action = { Pass: 0, Drop: 1 } as const;

export const filter = xdp(() => XDP.PASS);
