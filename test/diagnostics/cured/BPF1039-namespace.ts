import { xdp, XDP } from "@typebpf/dsl";

const PORTS = { HTTP: 80 } as const;

export const filter = xdp(() => XDP.PASS);
