import { xdp, XDP } from "@typebpf/dsl";
import { FIRST } from "./support/circular.ts";

export const SECOND: number = FIRST + 1; // here

export const filter = xdp(() => XDP.PASS);
