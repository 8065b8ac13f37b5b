import { progArray, ringBuffer, u32, xdp, XDP } from "@typebpf/dsl";

export const jumps = progArray({ maxEntries: 4 });
export const events = ringBuffer({ value: u32, maxEntries: 4096 });

function report(): void {
  using event = events.reserve();
  if (!event) return;
  event.value = 1;
  event.submit();
}

export const main = xdp((ctx) => {
  report();
  jumps.tailCall(ctx, 1);
  return XDP.PASS;
});
