// How many copies a per-CPU value has: one per possible CPU, which may be more than are online. The list is the
// kernel's text format "0-3,8" (Documentation/admin-guide/cputopology.rst).
import { readFileSync } from "node:fs";

/** Number of CPUs in a list such as "0-3,8". @throws Error on anything else. */
export function countCpus(list: string): number {
  let count = 0;
  for (const part of list.trim().split(",")) {
    const range = /^(\d+)(?:-(\d+))?$/u.exec(part);
    if (!range) throw new Error(`kernel/cpus: cannot read the CPU list ${JSON.stringify(list)}`);
    const first = Number(range[1]);
    const last = range[2] === undefined ? first : Number(range[2]);
    count += last - first + 1;
  }
  return count;
}

/** Number of possible CPUs of this machine. */
export function possibleCpus(): number {
  return countCpus(readFileSync("/sys/devices/system/cpu/possible", "utf8"));
}
