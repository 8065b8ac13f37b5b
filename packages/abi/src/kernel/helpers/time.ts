// Clocks. Prototypes: kernel/bpf/helpers.c; bpf_ktime_get_coarse_ns is for networking programs alone since Linux 5.16
// (net/core/filter.c, bpf_sk_base_func_proto).
import { uapi } from "../uapi.generated.ts";
import { basePrograms, coarseClockPrograms } from "./program-sets.ts";
import type { HelperRow } from "./row.ts";

const nanoseconds = { is: "integer", width: 64, signed: false } as const;

export const timeHelpers = {
  ktimeGetNs: {
    symbol: "bpf_ktime_get_ns",
    number: uapi.helper.ktime_get_ns,
    since: "4.1",
    args: [],
    returns: nanoseconds,
    effects: ["impure"],
    license: "any",
    gplBefore: "5.8",
    programs: "all",
    surface: { on: "context", as: "ktimeGetNs" },
    doc: "Nanoseconds since boot, without the time the machine was suspended (CLOCK_MONOTONIC).",
  },
  ktimeGetBootNs: {
    symbol: "bpf_ktime_get_boot_ns",
    number: uapi.helper.ktime_get_boot_ns,
    since: "5.8",
    args: [],
    returns: nanoseconds,
    effects: ["impure"],
    license: "any",
    programs: "all",
    surface: { on: "context", as: "ktimeGetBootNs" },
    doc: "Nanoseconds since boot, with the time the machine was suspended (CLOCK_BOOTTIME).",
  },
  ktimeGetCoarseNs: {
    symbol: "bpf_ktime_get_coarse_ns",
    number: uapi.helper.ktime_get_coarse_ns,
    since: "5.11",
    args: [],
    returns: nanoseconds,
    effects: ["impure"],
    license: "any",
    programs: coarseClockPrograms,
    surface: { on: "context", as: "ktimeGetCoarseNs" },
    doc: "Nanoseconds since boot as of the last timer tick: cheaper and coarser (CLOCK_MONOTONIC_COARSE).",
  },
  ktimeGetTaiNs: {
    symbol: "bpf_ktime_get_tai_ns",
    number: uapi.helper.ktime_get_tai_ns,
    since: "6.1",
    args: [],
    returns: nanoseconds,
    effects: ["impure"],
    license: "any",
    programs: basePrograms,
    surface: { on: "context", as: "ktimeGetTaiNs" },
    doc: "Nanoseconds of international atomic time since 1970 (CLOCK_TAI).",
  },
  jiffies64: {
    symbol: "bpf_jiffies64",
    number: uapi.helper.jiffies64,
    since: "5.6",
    args: [],
    returns: { is: "integer", width: 64, signed: false },
    effects: ["impure"],
    license: "any",
    programs: basePrograms,
    surface: { on: "context", as: "jiffies64" },
    doc: "The kernel's count of timer ticks.",
  },
} as const satisfies Readonly<Record<string, HelperRow>>;
