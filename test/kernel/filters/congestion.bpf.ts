// A congestion control of TCP that counts what it is asked.
import { arrayMap, structOps, u64 } from "@typebpf/dsl";

/** Connections begun, steps of congestion avoidance. */
export const counts = arrayMap({ value: u64, maxEntries: 2 });

function count(index: number): void {
  const entry = counts.get(index);
  if (entry) entry.value += 1n;
}

export const begin = structOps("tcp_congestion_ops.init", () => {
  count(0);
  return 0;
});

export const avoid = structOps("tcp_congestion_ops.cong_avoid", () => {
  count(1);
  return 0;
});

/** Half of the window is left after a loss; the kernel wants at least two segments. */
export const threshold = structOps("tcp_congestion_ops.ssthresh", () => 2);

export const undo = structOps("tcp_congestion_ops.undo_cwnd", () => 2);
