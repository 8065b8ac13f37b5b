import { ringBuffer, u32, xdp, XDP } from "@typebpf/dsl";

const events = ringBuffer({ value: u32, maxEntries: 4096 });

export const filter = xdp(() => {
  using event = events.reserve();
  if (event) event.submit();
  return XDP.PASS;
});
