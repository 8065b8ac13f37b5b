import { cgroupSkb } from "@typebpf/dsl";

export const filter = cgroupSkb.egress((ctx) => {
  const { sk } = ctx;
  if (!sk) return 1;
  const sum = sk.dstIp6[0] ^ sk.dstIp6[1] ^ sk.dstIp6[2] ^ sk.dstIp6[3];
  return sum === 0 ? 1 : 0;
});
