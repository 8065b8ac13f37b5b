// What the DSL's types accept and refuse of ring buffers. Needs a library with `Symbol.dispose`.
import {
  array,
  hashMap,
  type Ref,
  type ReservedRecord,
  RingBufferFlags,
  RingBufferQuery,
  ringBuffer,
  struct,
  u8,
  u32,
  u32be,
  u64,
  XDP,
  xdp,
} from "@typebpf/dsl";

const Event = struct("event", { source: u32be, length: u32, bytes: array(u8, 4) });
const events = ringBuffer({ value: Event, maxEntries: 64 * 4096 });
const numbers = ringBuffer({ value: u64, maxEntries: 4096 });
const seen = hashMap({ key: u32, value: Event, maxEntries: 1 });

function fill(event: Ref<typeof Event>, length: number): void {
  event.length = length;
}

export const filter = xdp((ctx) => {
  using event = events.reserve();
  if (!event) return XDP.PASS;
  fill(event, ctx.packet.length);
  event.source = 1;
  event.bytes[0] = 1;
  seen.set(1, event);
  const status: number = events.output({ source: 1, bytes: [1, 2] }, RingBufferFlags.NO_WAKEUP) + events.output(event);
  if (numbers.query(RingBufferQuery.AVAIL_DATA) > 4096n || status < 0) event.discard();
  else event.submit(RingBufferFlags.FORCE_WAKEUP);
  {
    using number = numbers.reserve();
    if (number) number.value += 1n;
  }
  return XDP.DROP;
});

export const refused = xdp(() => {
  // @ts-expect-error a ring buffer has no entries
  events.get(1);
  // @ts-expect-error it may be full
  events.reserve().length = 1;
  // @ts-expect-error the kernel knows no flags here
  events.reserve(1);
  // @ts-expect-error a record of another shape
  events.output({ other: 1 });
  // @ts-expect-error a record of another type
  numbers.output(1);
  // @ts-expect-error not one of the values
  numbers.query(9);
  // @ts-expect-error maps have no records
  seen.reserve();
  // @ts-expect-error an entry of a map is not released
  seen.get(1)?.submit();
  // @ts-expect-error what is not reserved has nothing to release
  const other: ReservedRecord<{ length: u32 }> | undefined = seen.get(1);
  return other ? XDP.PASS : XDP.DROP;
});

// @ts-expect-error a ring buffer has no keys
export const keyed = ringBuffer({ key: u32, value: u32, maxEntries: 4096 });
