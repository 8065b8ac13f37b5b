// Where tracing programs are attached: functions of the kernel and of programs, events, counters. What the source names as its
// place (`kprobe("do_unlinkat", …)`) is what the options leave out.

/** A function of the kernel. */
export interface KprobeAttachOptions {
  /** The function's name, with or without an offset: "do_unlinkat", "do_unlinkat+0x10"; default: the place in the source. */
  readonly function?: string;
  /** What `getAttachCookie` gives, to tell attachments of one program apart. */
  readonly cookie?: bigint;
}

/** Functions of the kernel. */
export interface KprobeMultiAttachOptions {
  /** Names, or patterns with `*` and `?`; default: the place in the source. */
  readonly functions?: string | readonly string[];
}

/** A function of a program or library. */
export interface UprobeAttachOptions {
  /** Path of the file, or the name of a library or command: "libc.so.6", "node"; default: what stands before the colon in the source. */
  readonly binary?: string;
  /** The function's name, with or without an offset, or an offset in the file: "malloc", "main+0x10", "0x1240"; default: the place in the source. */
  readonly function?: string;
  /** Only in this process; default: in all. */
  readonly pid?: number;
  /** What `getAttachCookie` gives, to tell attachments of one program apart. */
  readonly cookie?: bigint;
}

/** Functions of a program or library. */
export interface UprobeMultiAttachOptions {
  /** As for one function. */
  readonly binary?: string;
  /** Names, or patterns with `*` and `?`; default: the place in the source. */
  readonly functions?: string | readonly string[];
  /** Only in this process; default: in all. */
  readonly pid?: number;
}

/** A probe that a program or library declares (`DTRACE_PROBE` of sys/sdt.h). */
export interface UsdtAttachOptions {
  /** As for a function. */
  readonly binary?: string;
  /** "provider:name"; default: the place in the source. */
  readonly probe?: string;
  /** Only in this process; default: in all. */
  readonly pid?: number;
}

/** An event. */
export interface TracepointAttachOptions {
  /** "group:name"; default: the place in the source. */
  readonly event?: string;
  /** What `getAttachCookie` gives, to tell attachments of one program apart. */
  readonly cookie?: bigint;
}

/** A tracepoint, by its own name. */
export interface RawTracepointAttachOptions {
  /** The tracepoint's name; default: the place in the source. */
  readonly event?: string;
}

/** Counters that can be sampled. The first ten are software's; the others need a processor that counts. */
export type PerfCounter =
  | "cpu-clock"
  | "task-clock"
  | "page-faults"
  | "context-switches"
  | "cpu-migrations"
  | "minor-faults"
  | "major-faults"
  | "alignment-faults"
  | "emulation-faults"
  | "cgroup-switches"
  | "cpu-cycles"
  | "instructions"
  | "cache-references"
  | "cache-misses"
  | "branches"
  | "branch-misses"
  | "bus-cycles"
  | "ref-cycles";

/** A counter, and when it is sampled. */
export interface PerfEventAttachOptions {
  readonly event: PerfCounter;
  /** A sample each so many events; of the clocks, nanoseconds. */
  readonly period?: number;
  /** About so many samples in a second; default 99. */
  readonly frequency?: number;
  /** Only this CPU; default: all, or wherever the process runs. */
  readonly cpu?: number;
  /** Only this process; default: all. */
  readonly pid?: number;
}
