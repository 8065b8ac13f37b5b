import { array, u8, xdp, XDP } from "@typebpf/dsl";

const Bytes = array(u8, 17);

export const filter = xdp((ctx) => {
  const bytes = Bytes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
  return XDP.PASS;
});
