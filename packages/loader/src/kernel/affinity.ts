// Keeps a piece of work on one CPU: the calling thread may run there only, and afterwards where it could before
// (man 2 sched_setaffinity). BPF_PROG_TEST_RUN runs the program on the CPU of the calling thread.
import { DiagnosticError, diagnostic } from "@typebpf/abi";
import { kernelDiagnostics } from "./diagnostics.ts";
import { errnoName } from "./errno.ts";
import type { Sys } from "./sys.ts";

/** Bytes of a set of CPUs, one bit each: as many as any kernel has. */
const setBytes = 1024;
/** One more than the largest number of a CPU. */
export const cpuLimit = setBytes * 8;

function set(sys: Sys, cpus: Uint8Array, what: string): void {
  const status = sys.schedSetaffinity(cpus);
  if (status === 0) return;
  const notes = [`the kernel answers ${errnoName(-status)}`];
  throw new DiagnosticError([diagnostic(kernelDiagnostics.runRefused, { message: what, notes })]);
}

/** Does `work`, which is synchronous, on CPU `cpu`. @throws DiagnosticError where this process may not use that CPU. */
export function onCpu<T>(sys: Sys, cpu: number, work: () => T): T {
  const before = new Uint8Array(setBytes);
  const status = sys.schedGetaffinity(before);
  const only = new Uint8Array(setBytes);
  only[cpu >> 3] = 1 << (cpu & 7);
  set(sys, only, `this process cannot run on CPU ${cpu}`);
  try {
    return work();
  } finally {
    if (status >= 0) set(sys, before, "the kernel does not give the process its CPUs back");
  }
}
