// Lists tasks of the kernel for who reads.
import { iter, struct, u64 } from "@typebpf/dsl";

export const tasks = iter("task", struct("tasks", { meta: u64, task: u64 }), (ctx) => {
  if (ctx.task === 0n) ctx.seqPrintf("end\n");
  else ctx.seqPrintf("task %d of %llu\n", ctx.task !== 0n ? 1 : 2, 5n);
  return 0;
});
