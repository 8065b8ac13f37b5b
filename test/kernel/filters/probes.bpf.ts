// Programs of each kind of tracing, which count what the process of a test does.
import {
  array,
  config,
  hashMap,
  i32,
  i64,
  kprobe,
  kretprobe,
  perfEvent,
  rawTracepoint,
  struct,
  tracepoint,
  u8,
  u32,
  u64,
  uprobe,
  uretprobe,
  usdt,
} from "@typebpf/dsl";

export const settings = config({ pid: u32 });

/** By what was seen. */
export const counts = hashMap({ key: u32, value: u64, maxEntries: 64 });
export const values = hashMap({ key: u32, value: i64, maxEntries: 64 });

const Seen = struct("seen", { path: array(u8, 64), comm: array(u8, 16), length: u32, pid: i32 });
export const seen = hashMap({ key: u32, value: Seen, maxEntries: 8 });

function count(key: u32): void {
  const found = counts.get(key);
  if (found) found.value += 1n;
  else counts.set(key, 1n);
}

export const opens = tracepoint("syscalls:sys_enter_openat", (ctx) => {
  if (u32(ctx.getCurrentPidTgid() >> 32n) !== settings.pid) return 0;
  count(1);
  const path = ctx.probeReadUser(ctx.filename, array(u8, 64));
  if (path) seen.set(1, { path, comm: "openat", pid: ctx.dfd });
  return 0;
});

export const opened = tracepoint("syscalls:sys_exit_openat", (ctx) => {
  if (u32(ctx.getCurrentPidTgid() >> 32n) !== settings.pid) return 0;
  values.set(1, ctx.ret);
  return 0;
});

export const execs = tracepoint("sched:sched_process_exec", (ctx) => {
  const path = ctx.filename.read(array(u8, 64));
  if (path) seen.set(2, { path, length: ctx.filename.length, pid: ctx.pid });
  return 0;
});

export const switches = tracepoint("sched:sched_switch", (ctx) => {
  if (u32(ctx.prevPid) === settings.pid) {
    count(2);
    seen.set(3, { comm: ctx.prevComm, pid: ctx.prevPid });
  }
  return 0;
});

const Exit = struct("exit", { comm: array(u8, 16), pid: i32, prio: i32 });
export const bySchema = tracepoint("sched:sched_process_exit", Exit, (ctx) => {
  seen.set(4, { comm: ctx.comm, pid: ctx.pid });
  return 0;
});

export const raw = rawTracepoint("sys_enter", (ctx) => {
  if (u32(ctx.getCurrentPidTgid() >> 32n) === settings.pid && ctx.args[1] === 257n) count(3);
  return 0;
});

export const tooMany = rawTracepoint("sys_enter", (ctx) => (ctx.args[5] === 1n ? 1 : 0));

export const called = uprobe("libc.so.6:abs", (ctx) => {
  count(4);
  values.set(4, i64(i32(u32(ctx.args[0]))));
  return 0;
});

export const returned = uretprobe("libc.so.6:abs", (ctx) => {
  values.set(5, i64(ctx.returnValue));
  return 0;
});

export const many = uprobe.multi("libc.so.6:l?bs", () => {
  count(6);
  return 0;
});

export const declared = usdt(() => {
  count(7);
  return 0;
});

export const sampled = perfEvent((ctx) => {
  count(8);
  if (ctx.samplePeriod > 0n) values.set(8, i64(ctx.samplePeriod));
  if (ctx.ip !== 0n) count(9);
  return 0;
});

export const entered = kprobe("do_sys_openat2", (ctx) => {
  if (u32(ctx.getCurrentPidTgid() >> 32n) !== settings.pid) return 0;
  count(10);
  return ctx.args[0] === 0n ? 1 : 0;
});

export const left = kretprobe("do_sys_openat2", (ctx) => {
  if (u32(ctx.getCurrentPidTgid() >> 32n) === settings.pid) values.set(10, i64(ctx.returnValue));
  return 0;
});
