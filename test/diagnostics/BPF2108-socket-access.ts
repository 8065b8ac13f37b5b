import { cgroupSkb } from "@typebpf/dsl";

export const filter = cgroupSkb.egress((ctx) => {
  const { sk } = ctx;
  if (!sk) return 1;
  let sum = 0;
  for (let i = 0; i < ctx.len % 4; i++) {
    sum ^= sk.dstIp6[i % 4]; // here
  }
  return sum === 0 ? 1 : 0;
});
