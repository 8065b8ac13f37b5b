// Operations of maps that are helpers, each by a program whose verdict and packet say what came of it. Packets begin with
// the operands.
import {
  array,
  arrayOfMaps,
  bloomFilter,
  cpuMap,
  devMap,
  devMapHash,
  hashMap,
  hashOfMaps,
  perfEventArray,
  progArray,
  Push,
  queue,
  RedirectMap,
  stack,
  struct,
  u8,
  u16,
  u32,
  u64,
  XDP,
  type XdpContext,
  xdp,
} from "@typebpf/dsl";

const Operands = struct("operands", { what: u8, flags: u8, value: u16, result: u32, more: u32 });
const Lane = struct("lane", { lane: u8 });
const Job = struct("job", { id: u16, weight: u8 });
const Event = struct("event", { id: u16, weight: u8, bytes: array(u8, 5) });

export const jobs = queue({ value: Job, maxEntries: 3 });
export const numbers = stack({ value: u64, maxEntries: 2 });
export const known = bloomFilter({ value: Job, maxEntries: 100, hashes: 3 });
export const devices = devMap({ maxEntries: 4 });
export const others = devMapHash({ maxEntries: 4 });
export const cpus = cpuMap({ maxEntries: 2 });
export const events = perfEventArray({ value: Event, maxEntries: 8 });
export const jumps = progArray({ programs: { twice: "twice", again: "again", none: "leaf" }, maxEntries: 6 });
export const byNumber = progArray({ programs: { 3: "leaf", 1: "twice" } });
export const tables = arrayOfMaps({ inner: hashMap({ key: u16, value: u64, maxEntries: 2 }), maxEntries: 4 });
export const lanes = hashOfMaps({ key: Lane, inner: queue({ value: u32, maxEntries: 2 }), maxEntries: 4 });

/** 1 pushes, 2 pops, 3 peeks; `result` is the status or the value. */
export const queues = xdp((ctx) => {
  const op = ctx.packet.at(0, Operands);
  if (!op) return XDP.ABORTED;
  if (op.what === 1) {
    op.result = jobs.push({ id: op.value, weight: 7 }, op.flags === 2 ? Push.EXIST : Push.ANY) >>> 0;
    return XDP.PASS;
  }
  const job = op.what === 2 ? jobs.pop() : jobs.peek();
  if (!job) return XDP.DROP;
  op.result = job.id;
  op.more = job.weight;
  return XDP.PASS;
});

export const stacks = xdp((ctx) => {
  const op = ctx.packet.at(0, Operands);
  if (!op) return XDP.ABORTED;
  if (op.what === 1) {
    op.result = numbers.push(BigInt(op.value)) >>> 0;
    return XDP.PASS;
  }
  const number = op.what === 2 ? numbers.pop() : numbers.peek();
  op.result = u32(number?.value ?? 0xffff_ffffn);
  return number ? XDP.PASS : XDP.DROP;
});

export const sets = xdp((ctx) => {
  const op = ctx.packet.at(0, Operands);
  if (!op) return XDP.ABORTED;
  if (op.what === 1) {
    op.result = known.add({ id: op.value, weight: op.flags }) >>> 0;
    return XDP.PASS;
  }
  return known.has({ id: op.value, weight: op.flags }) ? XDP.PASS : XDP.DROP;
});

export const redirects = xdp((ctx) => {
  const op = ctx.packet.at(0, Operands);
  if (!op) return XDP.ABORTED;
  switch (op.what) {
    case 1:
      return devices.redirect(op.value, XDP.PASS);
    case 2:
      return others.redirect(op.value, XDP.TX);
    case 3:
      return cpus.redirect(op.value, XDP.DROP);
    case 4:
      return devices.redirect(op.value, XDP.DROP, RedirectMap.BROADCAST | RedirectMap.EXCLUDE_INGRESS);
    default:
      return devices.redirect(op.value, XDP.PASS, op.flags);
  }
});

export const samples = xdp((ctx) => {
  const op = ctx.packet.at(0, Operands);
  if (!op) return XDP.ABORTED;
  const { value, flags, what } = op;
  op.result = events.output(ctx, { id: value, weight: flags, bytes: [1, 2, 3] }) >>> 0;
  if (what === 1) {
    const same = ctx.packet.at(0, Operands);
    if (same) same.more = events.output(ctx, { id: value }, 5) >>> 0;
  }
  return XDP.PASS;
});

function count(ctx: XdpContext, by: number): number {
  const op = ctx.packet.at(0, Operands);
  if (!op) return 0;
  op.result += by;
  return op.what;
}

/** Goes on with a slot by its number; comes back where there is none. */
export const dispatch = xdp((ctx) => {
  const op = ctx.packet.at(0, Operands);
  if (!op) return XDP.ABORTED;
  if (op.flags === 1) byNumber.tailCall(ctx, op.what);
  else if (op.flags === 2) jumps.tailCall(ctx, "again");
  else jumps.tailCall(ctx, op.what);
  count(ctx, 100);
  return XDP.DROP;
});

/** Jumps to the leaf, which does not come back. */
export const twice = xdp((ctx) => {
  count(ctx, 1);
  jumps.tailCall(ctx, "none");
  return XDP.ABORTED;
});

/** Jumps to itself until the kernel has enough. */
export const again = xdp((ctx) => {
  count(ctx, 1);
  jumps.tailCall(ctx, 1);
  return XDP.TX;
});

export const leaf = xdp((ctx) => {
  count(ctx, 10);
  return XDP.PASS;
});

/** Finds a map by its number, then counts in it by `value`: 1 counts, 2 deletes, 3 pushes into a queue of queues. */
export const nested = xdp((ctx) => {
  const op = ctx.packet.at(0, Operands);
  if (!op) return XDP.ABORTED;
  if (op.what === 3) {
    const waiting = lanes.get({ lane: op.flags });
    if (!waiting) return XDP.DROP;
    op.result = waiting.push(op.value) >>> 0;
    op.more = waiting.peek()?.value ?? 0;
    return XDP.PASS;
  }
  const counts = tables.get(op.flags);
  if (!counts) return tables.has(op.flags) ? XDP.ABORTED : XDP.DROP;
  if (op.what === 2) {
    op.result = counts.delete(op.value) >>> 0;
    return XDP.PASS;
  }
  const entry = counts.get(op.value);
  if (entry) {
    entry.value += 1n;
    op.result = u32(entry.value);
  } else {
    op.more = counts.set(op.value, 100n) >>> 0;
  }
  return counts.has(op.value) ? XDP.PASS : XDP.TX;
});
