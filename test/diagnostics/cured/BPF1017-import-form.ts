import { xdp, XDP } from "@typebpf/dsl";
import { limit } from "../support/limit.ts";

export const filter = xdp(() => (limit > 1 ? XDP.PASS : XDP.DROP));
