// Probes of functions of the kernel, and an action of traffic control.
import { arrayMap, config, kprobe, kretprobe, schedAct, TC, u32, u64 } from "@typebpf/dsl";

/** Whose calls are counted. */
export const settings = config({ process: u32 }, { process: 0 });

/** Calls, returns, packets. */
export const counts = arrayMap({ value: u64, maxEntries: 3 });

function count(index: number): void {
  const entry = counts.get(index);
  if (entry) entry.value += 1n;
}

export const opening = kprobe("do_sys_openat2", (ctx) => {
  if (u32(ctx.getCurrentPidTgid() >> 32n) === settings.process) count(0);
  return 0;
});

/** ENOENT of the function's result. */
export const opened = kretprobe("do_sys_openat2", (ctx) => {
  if (u32(ctx.getCurrentPidTgid() >> 32n) === settings.process && u32(ctx.ax) === 0xffff_fffe) count(1);
  return 0;
});

export const drop = schedAct(() => {
  count(2);
  return TC.SHOT;
});
