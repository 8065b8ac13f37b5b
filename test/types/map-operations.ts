// Operations of maps beyond entries: what the DSL's types accept, and what they refuse. Checked by types.test.ts, never run:
// an expectation without an error is an error.
import {
  arrayOfMaps,
  bloomFilter,
  cgroupSkb,
  devMap,
  hashMap,
  perCpuArray,
  perfEventArray,
  progArray,
  queue,
  RedirectMap,
  ringBuffer,
  SK,
  skSkb,
  skStorage,
  sockHash,
  sockMap,
  struct,
  u8,
  u32,
  u64,
  userRingBuffer,
  XDP,
  xdp,
} from "@typebpf/dsl";

const Job = struct("job", { id: u32, weight: u8 });
export const jumps = progArray({ programs: { tcp: "handle", udp: xdp(() => XDP.PASS) } });
export const plain = progArray({ maxEntries: 4 });
export const numbered = progArray({ programs: { 6: "handle" }, maxEntries: 256 });
export const jobs = queue({ value: Job, maxEntries: 8 });
export const seen = bloomFilter({ value: u64, maxEntries: 8 });
export const devices = devMap({ maxEntries: 8 });
export const events = perfEventArray({ value: Job });
export const tables = arrayOfMaps({ inner: hashMap({ key: u32, value: Job, maxEntries: 8 }), maxEntries: 2 });
export const notes = skStorage({ value: Job });
export const sockets = sockMap({ maxEntries: 2 });
export const flows = sockHash({ key: Job, maxEntries: 2 });

export const handle = xdp((ctx) => {
  jumps.tailCall(ctx, "tcp");
  jumps.tailCall(ctx, 1);
  // @ts-expect-error no slot has that name
  jumps.tailCall(ctx, "icmp");
  // @ts-expect-error slots without names have none
  plain.tailCall(ctx, "tcp");
  numbered.tailCall(ctx, 6);
  // @ts-expect-error an array of programs has nothing that a filter can read
  jumps.get(0);

  jobs.push({ id: 1 });
  // @ts-expect-error no such field
  jobs.push({ name: 1 });
  const job = jobs.pop();
  // @ts-expect-error it may be empty
  job.id;
  // @ts-expect-error a queue has no keys
  jobs.get(1);
  // @ts-expect-error the values are bigints
  seen.add(1);
  const known: boolean = seen.has(1n);

  events.output(ctx, { id: 1 });
  // @ts-expect-error the context comes first
  events.output({ id: 1 });

  const table = tables.get(0);
  // @ts-expect-error there may be none
  table.get(1);
  const entry = table?.get(1);
  if (entry) entry.weight = 2;
  // @ts-expect-error user space puts maps in
  tables.set(0, 1);

  if (known) return devices.redirect(0, XDP.PASS, RedirectMap.BROADCAST);
  // @ts-expect-error where there is no entry is said each time
  return devices.redirect(0);
});

export const verdict = skSkb.streamVerdict((ctx) => {
  // @ts-expect-error the key is an index
  sockets.redirect(ctx, { id: 1 });
  return ctx.len > 10 ? flows.redirect(ctx, { id: 1 }) : SK.PASS;
});

// @ts-expect-error a slot holds a program or its name
progArray({ programs: { tcp: 1 } });
// @ts-expect-error the inner map is a map
arrayOfMaps({ inner: { key: u32 }, maxEntries: 2 });
// @ts-expect-error a ring of records is no inner template of options
arrayOfMaps({ inner: ringBuffer, maxEntries: 2 });

export const orders = userRingBuffer({ value: Job, maxEntries: 4096 });

export const obey = xdp(() => {
  // @ts-expect-error the body is given one record
  orders.drain((_record, _second) => {});
  // @ts-expect-error nothing is read by key
  orders.get(1);
  // @ts-expect-error user space writes
  orders.output({ id: 1 });
  const taken: number = orders.drain((job) => job.id !== 0);
  return taken > 0 ? XDP.PASS : XDP.DROP;
});

export const copies = perCpuArray({ value: Job, maxEntries: 2 });

export const copied = xdp(() => {
  const copy = copies.getPerCpu(0, 3);
  // @ts-expect-error there may be no such CPU
  copy.id;
  // @ts-expect-error which CPU
  copies.getPerCpu(0);
  // @ts-expect-error no other map has copies
  tables.getPerCpu(0, 1);
  return copy?.id === 1 ? XDP.PASS : XDP.DROP;
});

export const noted = cgroupSkb.ingress((ctx) => {
  // @ts-expect-error there may be no socket
  notes.get(ctx.sk);
  if (!ctx.sk) return 1;
  const note = notes.get(ctx.sk, { id: 1 });
  // @ts-expect-error there may be no value
  note.id;
  // @ts-expect-error no such field
  notes.get(ctx.sk, { name: 1 });
  // @ts-expect-error a key is a socket
  notes.get(5);
  // @ts-expect-error a value is made by get
  notes.set(ctx.sk, { id: 1 });
  return notes.delete(ctx.sk) === 0 ? 1 : 0;
});
