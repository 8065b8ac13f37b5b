import { xdp, XDP } from "@typebpf/dsl";

export const count_all_packets_in = xdp(() => XDP.PASS);
export const count_all_packets_out = xdp(() => XDP.PASS); // here
