// The part of the kernel back end's catalogue that is about tracing: BPF6370-6379.
import type { DiagnosticRow } from "@typebpf/abi";

/** Diagnostics of probes, events and counters, by name. */
export const tracingDiagnostics = {
  noProbes: {
    code: "BPF6370",
    severity: "error",
    title: "this kernel has no such probes",
    explain:
      "Probes of functions of the kernel need CONFIG_KPROBES (kprobe.multi: CONFIG_FPROBE, Linux 5.18), those of programs CONFIG_UPROBES (uprobe.multi: Linux 6.6).",
    help: "use a tracepoint, or a kernel that is built with them",
  },
  unknownFunction: {
    code: "BPF6371",
    severity: "error",
    title: "there is no such function to probe",
    explain:
      "Functions of the kernel are those of /proc/kallsyms that may be probed; functions of a file are in its symbol tables. What was inlined or stripped is not there.",
    help: "correct the name; of a file without symbols give an offset",
  },
  unknownBinary: {
    code: "BPF6372",
    severity: "error",
    title: "there is no such program or library to probe",
    explain:
      "A path is taken as it is. A plain name is looked for in the folders of libraries where it has .so in it, else in PATH.",
    help: "give the path of an ELF file",
  },
  unknownTracepoint: {
    code: "BPF6373",
    severity: "error",
    title: "this kernel has no such event",
    explain: "Events come with the kernel's configuration and its modules; they change between versions.",
    help: "see /sys/kernel/tracing/available_events; for raw tracepoints the name has no group",
  },
  noTracefs: {
    code: "BPF6374",
    severity: "error",
    title: "the kernel's events cannot be looked up",
    explain: "The numbers of events are in tracefs, which is mounted nowhere and cannot be mounted by this process.",
    help: "mount it: mount -t tracefs tracefs /sys/kernel/tracing",
  },
  perfDenied: {
    code: "BPF6375",
    severity: "error",
    title: "the kernel does not let this process open events",
    explain: "Probes, events and counters of the whole system need CAP_PERFMON (CAP_SYS_ADMIN before Linux 5.8).",
    help: "run as root or give CAP_BPF and CAP_PERFMON; see sysctl kernel.perf_event_paranoid",
  },
  noCounter: {
    code: "BPF6376",
    severity: "error",
    title: "this machine has no such counter",
    explain: "Counters of the processor are missing in many virtual machines; those of the kernel are always there.",
    help: 'use event: "cpu-clock"',
  },
  unknownProbe: {
    code: "BPF6377",
    severity: "error",
    title: "the file declares no such probe",
    explain: "Probes are declared by notes in the section .note.stapsdt.",
    help: "see them: readelf -n FILE",
  },
  otherFormat: {
    code: "BPF6378",
    severity: "warning",
    title: "this kernel has fields of the event in other places",
    explain: "The program reads the record where another kernel has the fields; it would see other values here.",
    help: 'say what the event holds here: tracepoint("group:name", struct("event", { … }), (ctx) => …)',
  },
} as const satisfies Readonly<Record<string, DiagnosticRow>>;
