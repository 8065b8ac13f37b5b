import { trace, xdp, XDP } from "@typebpf/dsl";

export const main = xdp((ctx) => {
  const large = ctx.packet.length > 1000;
  trace`large: ${large ? 1 : 0}`;
  return XDP.PASS;
});
