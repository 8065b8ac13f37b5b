// The CPUs of this machine. A per-CPU value has one copy for each possible CPU, which may be more than are online. Lists
// are the kernel's text format "0-3,8" (Documentation/admin-guide/cputopology.rst).
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** The ranges of a list such as "0-3,8". @throws Error on anything else. */
function rangesOf(list: string): readonly (readonly [first: number, last: number])[] {
  return list
    .trim()
    .split(",")
    .map((part) => {
      const range = /^(\d+)(?:-(\d+))?$/u.exec(part);
      if (!range) throw new Error(`kernel/cpus: cannot read the CPU list ${JSON.stringify(list)}`);
      const first = Number(range[1]);
      return [first, range[2] === undefined ? first : Number(range[2])];
    });
}

/** Number of CPUs in a list such as "0-3,8". @throws Error on anything else. */
export function countCpus(list: string): number {
  return rangesOf(list).reduce((count, [first, last]) => count + last - first + 1, 0);
}

/** Number of possible CPUs of this machine. */
export function possibleCpus(): number {
  return countCpus(readFileSync("/sys/devices/system/cpu/possible", "utf8"));
}

/** The CPUs in a list such as "0-3,8". @throws Error on anything else. */
export function cpusIn(list: string): readonly number[] {
  return rangesOf(list).flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
}

/** The CPUs that run now. */
export function onlineCpus(): readonly number[] {
  return cpusIn(readFileSync("/sys/devices/system/cpu/online", "utf8"));
}

/** What a simulated machine must have to be like this one. */
export interface MachineCpus {
  /** Number of possible CPUs: of copies in per-CPU maps. */
  readonly possible: number;
  /** The first CPU that this process may run on. */
  readonly first: number;
}

/** The CPUs of this machine, on any system: elsewhere than on Linux, as many as can be used. */
export function machineCpus(): MachineCpus {
  try {
    const allowed = /^Cpus_allowed_list:\s*(\S+)$/mu.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return { possible: possibleCpus(), first: rangesOf(allowed ?? "0")[0]?.[0] ?? 0 };
  } catch {
    // No such files: this is not Linux, or a sandbox hides them, which then hides bpf(2) too.
    return { possible: availableParallelism(), first: 0 };
  }
}
