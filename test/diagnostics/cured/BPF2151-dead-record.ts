import { ringBuffer, u32, xdp, XDP } from "@typebpf/dsl";

const events = ringBuffer({ value: u32, maxEntries: 4096 });

export const filter = xdp((ctx) => {
  using event = events.reserve();
  if (!event) return XDP.ABORTED;
  event.value = 1;
  if (ctx.packet.length > 100) event.submit();
  return XDP.PASS;
});
