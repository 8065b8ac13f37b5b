import { type ReservedRecord, ringBuffer, u32, xdp, XDP } from "@typebpf/dsl";

const events = ringBuffer({ value: u32, maxEntries: 4096 });

function send(event: ReservedRecord<u32>): void {
  event.submit(); // here
}

export const filter = xdp(() => {
  using event = events.reserve();
  if (event) send(event);
  return XDP.PASS;
});
