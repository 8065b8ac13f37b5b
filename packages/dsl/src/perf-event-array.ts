// Perf event arrays: records that filters write and user space reads, a ring for each CPU. The operation is the kernel's
// helper bpf_perf_event_output; ring buffers (Linux 5.8) do the same with one ring and without a copy.
import { addressableLayout } from "./define.ts";
import { defineMap, descriptor, type MapDescription } from "./maps.ts";
import type { u32 } from "./scalars.ts";
import type { Init, Schema } from "./schema.ts";

/** The CPU whose event is written to, as `flags` of `output`; any other number below 2³² is that of a CPU. */
export const PerfOutput = {
  /** The one that runs the program: what `flags` are where they are left out. */
  CURRENT_CPU: 0xffff_ffff,
} as const;

/** An event for each CPU, whose readers get the records. */
export interface PerfEventArray<V> extends MapDescription<"perfEventArray", u32, u32> {
  /** The schema of a record. */
  readonly record: Schema<V>;
  /**
   * Hands a copy of `value` to who reads the event of this CPU. Gives 0, or a negative errno: ENOENT (−2) where nobody
   * reads, ENOSPC (−28) where there is no room, EOPNOTSUPP (−95) for the event of another CPU. `flags`: a CPU, or
   * `PerfOutput.CURRENT_CPU`. `ctx` is the program's context.
   */
  output(ctx: object, value: Init<V>, flags?: number): number;
}

/** What a perf event array is made of. */
export interface PerfEventArrayOptions<V> {
  /** The schema of a record. */
  readonly value: Schema<V>;
  /** The number of CPUs; all that are possible where it is left out. */
  readonly maxEntries?: number;
  /** `BPF_F_*` flags. */
  readonly flags?: number;
}

/** A perf event array: `perfEventArray({ value: Event })`. */
export function perfEventArray<V>(options: PerfEventArrayOptions<V>): PerfEventArray<V> {
  const { value, maxEntries = 0, flags = 0 } = options;
  addressableLayout(value, "The value of a map");
  return defineMap("perfEventArray", { ...descriptor, maxEntries, flags }, ["output"], { record: value });
}
