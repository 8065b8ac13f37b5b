import { tracepoint, hashMap, u32 } from "@typebpf/dsl";

export const switches = hashMap({ key: u32, value: u32, maxEntries: 16 });

export const count = tracepoint("sched:sched_switch", (ctx) => {
  switches.set(u32(ctx.nextPid & 0xffff), 1);
  return 0;
});
