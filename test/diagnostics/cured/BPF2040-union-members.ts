import { array, u8, u32, union, xdp, XDP } from "@typebpf/dsl";

const Address = union("address", { v4: u32, bytes: array(u8, 16) });

export const both = xdp((ctx) => {
  const address = Address({ v4: 1 });
  address.bytes[4] = 2;
  return ctx.packet.length > address.v4 ? XDP.PASS : XDP.DROP;
});
