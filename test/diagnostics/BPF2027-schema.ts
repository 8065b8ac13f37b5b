import { struct, u8, xdp, XDP } from "@typebpf/dsl";

const Empty = struct("9 lives", { lives: u8 }); // here

export const filter = xdp(() => XDP.PASS);
