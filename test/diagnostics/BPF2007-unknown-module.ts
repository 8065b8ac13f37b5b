import { readFileSync } from "node:fs"; // here
import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp(() => XDP.PASS);
