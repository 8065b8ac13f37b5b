import { struct, u8, xdp, XDP } from "@typebpf/dsl";

const Empty = struct("cat", { lives: u8 });

export const filter = xdp(() => XDP.PASS);
