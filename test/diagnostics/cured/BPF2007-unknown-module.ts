import { limit } from "../support/limit.ts";
import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => (ctx.packet.length > limit ? XDP.DROP : XDP.PASS));
