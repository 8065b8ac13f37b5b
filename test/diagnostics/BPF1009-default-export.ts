import { xdp, XDP } from "@typebpf/dsl";

export const filter = xdp(() => XDP.PASS);
export default filter; // here
