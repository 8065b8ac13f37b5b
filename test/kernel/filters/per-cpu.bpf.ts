// Copies of values for each CPU: what a program reads and writes of those of other CPUs.
import { arrayMap, loop, lruPerCpuHashMap, perCpuArray, perCpuHashMap, struct, u32, u64, XDP, xdp } from "@typebpf/dsl";

const Sum = struct("sum", { total: u64, cpus: u32 });

export const counts = perCpuArray({ value: u64, maxEntries: 2 });
export const flows = perCpuHashMap({ key: u64, value: u32, maxEntries: 4 });
export const late = lruPerCpuHashMap({ key: u32, value: u32, maxEntries: 64 });
export const sums = arrayMap({ value: Sum, maxEntries: 3 });

/** Sums the copies of all CPUs, and sets those of CPU 0. */
export const total = xdp(() => {
  loop(1024, (cpu) => {
    const count = counts.getPerCpu(1, cpu);
    const flow = flows.getPerCpu(5n, cpu);
    const one = late.getPerCpu(5, cpu);
    const [first, second, third] = [sums.get(0), sums.get(1), sums.get(2)];
    if (!first || !second || !third) return false;
    if (count) {
      first.total = BigInt.asUintN(64, first.total + count.value);
      first.cpus += 1;
    }
    if (flow) {
      second.total += BigInt(flow.value);
      second.cpus += 1;
    }
    if (one) {
      third.total += BigInt(one.value);
      third.cpus += 1;
    }
    return true;
  });
  const first = counts.getPerCpu(1, 0);
  if (first) first.value = 77n;
  if (counts.getPerCpu(2, 0) || flows.getPerCpu(6n, 0) || late.getPerCpu(6, 0)) return XDP.DROP;
  return counts.getPerCpu(1, 0xffff_ffff) ? XDP.DROP : XDP.PASS;
});
