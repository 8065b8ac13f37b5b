import { array, bytesEqual, u8, xdp, XDP } from "@typebpf/dsl";

export const filter = xdp((ctx) => {
  const start = ctx.packet.at(54, array(u8, 3));
  if (start && bytesEqual(start, "GET")) return XDP.DROP;
  return XDP.PASS;
});
