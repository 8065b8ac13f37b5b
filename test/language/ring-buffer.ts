// Ring buffers: records written in place and released on every way out of their scope, records handed over as copies, a
// ring that is full. What the filter does not write is zero, whatever was there before.
// not javascript: maps live in the kernel or the simulator
//
// run submit
//   packet: 01
//   returns: PASS
//   after events: 00 = 07000000 40000000 0000000000000000 000000000000 09 00
// run submit
//   packet: 00
//   returns: DROP
//   after events: empty
// run sometimes
//   packet: 01
//   returns: PASS
//   after events: empty
// run sometimes
//   packet: 05
//   returns: PASS
//   after events: 00 = 05000000 00000000 0000000000000000 000100000000 00 00
// run sometimes
//   packet: 09
//   returns: TX
//   after events: empty
// run loops
//   packet: 05 00 06 07 09 08 05 05
//   returns: PASS
//   out: 03
//   after numbers: 00 = 0500
//   after numbers: 01 = 0600
//   after numbers: 02 = 0700
// run loops
//   packet: 05 03 06 04 09 08 05 05
//   returns: TX
//   out: 05
//   after numbers: 00 = 0500
// run labels
//   packet: 01 02 03 00
//   returns: PASS
//   after numbers: 00 = 6500
//   after numbers: 01 = 0100
//   after numbers: 02 = 6600
//   after numbers: 03 = 0200
// run nested
//   packet: 00 00
//   returns: PASS
//   after numbers: 00 = 0100
//   after numbers: 01 = 0200
// run nested
//   packet: 01 00
//   returns: PASS
//   after numbers: 00 = 0200
// run nested
//   packet: 00 01
//   returns: PASS
//   after numbers: 00 = 0100
// run nested
//   packet: 01 01
//   returns: PASS
//   after numbers: empty
// run inlined
//   packet: 02 03
//   returns: PASS
//   out: 05
//   after numbers: 00 = 6400
//   after numbers: 01 = 0300
//   after numbers: 02 = 0200
// run inlined
//   packet: 00 03
//   returns: PASS
//   out: 03
//   after numbers: 00 = 6400
//   after numbers: 01 = 0300
// run inlined
//   packet: 00 00
//   returns: PASS
//   after numbers: empty
// run held
//   packet: 02 0a 0b 0c 0d
//   returns: PASS
//   after numbers: 00 = 0c00
// run held
//   packet: 09 0a 0b 0c 0d
//   returns: DROP
//   after numbers: empty
// run whole
//   packet: 0a0000015000
//   returns: PASS
//   after events: 00 = 01000000 00000000 0000000000000000 0a0000015000 00 00
//   after events: 01 = 01000000 00000000 0000000000000000 0a0000015000 00 00
//   after seen: 01000000 00000000 0000000000000000 0a0000015000 00 00 = 01000000 00000000 0000000000000000 0a0000015000 00 00
// run output
//   packet: 1122
//   returns: PASS
//   after pairs: 00 = 1122
//   after pairs: 01 = 0700
//   after pairs: 02 = 2211
//   after numbers: 00 = 1122
// run full
//   returns: PASS
//   out: 0f000000 f5ffffff 000f000000000000 0010000000000000
// run full
//   returns: PASS
//   out: 0f000000 f5ffffff 000f000000000000 0010000000000000
import {
  array,
  hashMap,
  i32,
  type Ref,
  RingBufferFlags,
  RingBufferQuery,
  ringBuffer,
  struct,
  u8,
  u16,
  u32,
  u64,
  XDP,
  xdp,
} from "@typebpf/dsl";

const Event = struct("event", { kind: u32, length: u32, stamp: u64, bytes: array(u8, 6), tail: u8 });
const Report = struct("report", { count: u32, status: i32, taken: u64, size: u64 });

export const events = ringBuffer({ value: Event, maxEntries: 4096 });
export const numbers = ringBuffer({ value: u16, maxEntries: 2 * 4096 });
export const pairs = ringBuffer({ value: array(u8, 2), maxEntries: 4096 });
export const large = ringBuffer({ value: array(u8, 248), maxEntries: 4096 });
export const seen = hashMap({ key: Event, value: Event, maxEntries: 4 });

function fill(event: Ref<typeof Event>, kind: number): boolean {
  event.kind = u32(kind);
  return kind > 1;
}

export const submit = xdp((ctx) => {
  const first = ctx.packet.at(0, u8);
  if (!first) return XDP.ABORTED;
  using event = events.reserve();
  if (!event) return XDP.ABORTED;
  event.kind = 7;
  event.length = ctx.packet.length;
  event.tail = 9;
  if (first.value === 0) return XDP.DROP;
  event.submit();
  return XDP.PASS;
});

export const sometimes = xdp((ctx) => {
  const first = ctx.packet.at(0, u8);
  if (!first) return XDP.ABORTED;
  using event = events.reserve();
  if (event && fill(event, first.value)) {
    if (first.value === 9) return XDP.TX;
    event.bytes[first.value & 3] = 1;
    if (first.value > 4) event.submit(RingBufferFlags.NO_WAKEUP);
    else event.discard();
  }
  return first.value > 100 ? XDP.DROP : XDP.PASS;
});

export const loops = xdp((ctx) => {
  const bytes = ctx.packet.at(0, array(u8, 8));
  if (!bytes) return XDP.ABORTED;
  let count = 0;
  for (let i = 0; i < 8; i++) {
    using number = numbers.reserve();
    if (number === undefined) break;
    if (bytes[i] === 0) continue;
    if (bytes[i] === 9) break;
    if (bytes[i] === 3) return XDP.TX;
    number.value = bytes[i];
    number.submit();
    count += 1;
  }
  bytes[0] = u8(count);
  return XDP.PASS;
});

export const labels = xdp((ctx) => {
  const bytes = ctx.packet.at(0, array(u8, 4));
  if (!bytes) return XDP.ABORTED;
  outer: for (let i = 0; i < 4; i++) {
    using tens = numbers.reserve();
    if (!tens) return XDP.ABORTED;
    tens.value = 100 + bytes[i];
    for (let j = 0; j < 2; j++) {
      using ones = numbers.reserve();
      if (!ones) break outer;
      if (bytes[i] === 3) continue outer;
      if (bytes[i] === 0) break outer;
      if (j === 1) break;
      ones.value = bytes[i];
      ones.submit();
    }
    tens.submit();
  }
  return XDP.PASS;
});

export const nested = xdp((ctx) => {
  const bytes = ctx.packet.at(0, array(u8, 2));
  if (!bytes) return XDP.ABORTED;
  block: {
    using first = numbers.reserve(),
      second = numbers.reserve();
    if (!first || second === undefined) return XDP.ABORTED;
    first.value = 1;
    second.value = 2;
    if (bytes[1] === 0) second.submit();
    if (bytes[0] === 1) break block;
    first.submit();
  }
  return XDP.PASS;
});

function send(value: number): number {
  using number = numbers.reserve();
  if (!number) return -1;
  if (value === 0) return 0;
  number.value = u16(value);
  number.submit(RingBufferFlags.FORCE_WAKEUP);
  return value;
}

export const inlined = xdp((ctx) => {
  const bytes = ctx.packet.at(0, array(u8, 2));
  if (!bytes) return XDP.ABORTED;
  using around = numbers.reserve();
  if (!around) return XDP.ABORTED;
  around.value = 100;
  const sum = send(bytes[1]) + send(bytes[0]);
  bytes[0] = u8(sum);
  if (sum > 0) around.submit();
  return XDP.PASS;
});

// A dynamic index into the packet is checked once more against its end, while the record is held.
export const held = xdp((ctx) => {
  const bytes = ctx.packet.at(0, array(u8, 5));
  if (!bytes) return XDP.ABORTED;
  using number = numbers.reserve();
  const at = bytes[0];
  if (!number || at > 3) return XDP.DROP;
  number.value = bytes[at + 1] ?? 0;
  number.submit();
  return XDP.PASS;
});

export const whole = xdp((ctx) => {
  const bytes = ctx.packet.at(0, array(u8, 6));
  if (!bytes) return XDP.ABORTED;
  using event = events.reserve();
  if (!event) return XDP.ABORTED;
  Object.assign(event, { kind: 1, bytes });
  const status = seen.set(event, event) + events.output(event);
  event.submit();
  return status === 0 ? XDP.PASS : XDP.DROP;
});

export const output = xdp((ctx) => {
  const bytes = ctx.packet.at(0, array(u8, 2));
  const half = ctx.packet.at(0, u16);
  if (!bytes || !half) return XDP.ABORTED;
  let status = pairs.output(bytes) + pairs.output([7], RingBufferFlags.NO_WAKEUP);
  status += pairs.output([bytes[1], bytes[0]]) + numbers.output(half.value);
  return status === 0 && numbers.output(1, 4) === -22 ? XDP.PASS : XDP.DROP;
});

export const full = xdp((ctx) => {
  const report = ctx.packet.at(0, Report);
  if (!report) return XDP.ABORTED;
  let count = 0;
  for (let i = 0; i < 20; i++) {
    using record = large.reserve();
    if (!record) break;
    record[i] = u8(i + 1);
    count += 1;
    if (i !== 1) record.submit();
  }
  report.count = u32(count);
  report.status = large.output([9]);
  report.taken = large.query(RingBufferQuery.AVAIL_DATA);
  report.size = large.query(RingBufferQuery.RING_SIZE);
  return XDP.PASS;
});
