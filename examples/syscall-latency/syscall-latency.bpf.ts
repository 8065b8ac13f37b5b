// How long the system calls of a process take: the entry notes the time of each thread, the exit counts what has passed.
import { arrayMap, config, hashMap, tracepoint, u32, u64 } from "@typebpf/dsl";

const BUCKETS = 40;

/** The process to watch, and the number of the system call; -1 for all. */
export const watched = config({ pid: u32, call: u32 });
const ALL = 0xffff_ffff;

/** When each thread entered the kernel. */
const entered = hashMap({ key: u64, value: u64, maxEntries: 10_240 });

/** Calls by the binary logarithm of their nanoseconds. */
export const latencies = arrayMap({ value: u64, maxEntries: BUCKETS });

function log2(value: u64): u32 {
  const high = u32(value >> 32n);
  return high !== 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(u32(value) | 1);
}

export const enter = tracepoint("raw_syscalls:sys_enter", (ctx) => {
  const thread = ctx.getCurrentPidTgid();
  if (u32(thread >> 32n) !== watched.pid) return 0;
  if (watched.call !== ALL && u32(ctx.id) !== watched.call) return 0;
  entered.set(thread, ctx.ktimeGetNs());
  return 0;
});

export const exit = tracepoint("raw_syscalls:sys_exit", (ctx) => {
  const thread = ctx.getCurrentPidTgid();
  const start = entered.get(thread);
  if (!start) return 0;
  const bucket = latencies.get(Math.min(log2(ctx.ktimeGetNs() - start.value), BUCKETS - 1));
  if (bucket) bucket.value += 1n;
  entered.delete(thread);
  return 0;
});
