// Programs on functions and tracepoints of the kernel, and calls from user space.
import { arrayMap, i32, i64, struct, syscall, tpBtf, u32, u64 } from "@typebpf/dsl";

/** Calls by kind. */
export const counts = arrayMap({ value: u64, maxEntries: 4 });

function count(index: number): void {
  const entry = counts.get(index);
  if (entry) entry.value += 1n;
}

/** TP_PROTO(struct pt_regs *regs, long id) */
export const enter = tpBtf("sys_enter", struct("sys_enter", { regs: u64, id: i64 }), (ctx) => {
  // getppid
  if (ctx.id === 110n) count(0);
  if (ctx.args[1] === 110n && ctx.regs !== 0n) count(1);
  return 0;
});

export const Sum = struct("sum", { left: i32, right: i32, result: i64, calls: u32 });

/** Adds, in the caller's struct. */
export const add = syscall(Sum, (ctx) => {
  ctx.result = i64(BigInt(ctx.left + ctx.right));
  ctx.calls += 1;
  return ctx.left - ctx.right;
});
