import { progArray, ringBuffer, u32, xdp, XDP } from "@typebpf/dsl";

export const jumps = progArray({ maxEntries: 4 });
export const events = ringBuffer({ value: u32, maxEntries: 4096 });

export const main = xdp((ctx) => {
  using event = events.reserve();
  if (!event) return XDP.DROP;
  jumps.tailCall(ctx, 1); // here
  event.value = 1;
  event.submit();
  return XDP.PASS;
});
