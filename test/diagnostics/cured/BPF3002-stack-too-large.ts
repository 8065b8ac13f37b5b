import { array, u8, xdp, XDP } from "@typebpf/dsl";

const Small = array(u8, 200);
const Large = array(u8, 256);

export const filter = xdp((ctx) => {
  const small = Small();
  const large = Large();
  small[ctx.rxQueueIndex & 127] = 1;
  large[ctx.rxQueueIndex & 255] = small[3];
  return large[7] === 0 ? XDP.DROP : XDP.PASS;
});
