import { type Ref, ringBuffer, u32, xdp, XDP } from "@typebpf/dsl";

const events = ringBuffer({ value: u32, maxEntries: 4096 });

function fill(event: Ref<typeof u32>): void {
  event.value = 1;
}

export const filter = xdp(() => {
  using event = events.reserve();
  if (!event) return XDP.ABORTED;
  fill(event);
  event.submit();
  return XDP.PASS;
});
