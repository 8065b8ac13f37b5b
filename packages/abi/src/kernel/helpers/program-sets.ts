// Sets of program types that may call the same helpers: the kernel's *_func_proto functions (kernel/trace/bpf_trace.c,
// net/core/filter.c, kernel/bpf/cgroup.c, kernel/bpf/helpers.c), as Linux 6.18 answers; test/kernel/helpers.test.ts asks it.
import { uapi } from "../uapi.generated.ts";

/** All program types, by their names in the kernel in lower case. */
export const allPrograms: readonly string[] = Object.keys(uapi.progType)
  .filter((name) => name !== "UNSPEC")
  .map((name) => name.toLowerCase());

/** Those that have bpf_base_func_proto: all but the one for remote controls, which has a few helpers of its own. */
export const basePrograms: readonly string[] = allPrograms.filter((name) => name !== "lirc_mode2");

/** Programs that run at any point of the kernel (is_tracing_prog_type of kernel/bpf/verifier.c). */
export const probePrograms = [
  "kprobe",
  "tracepoint",
  "perf_event",
  "raw_tracepoint",
  "raw_tracepoint_writable",
] as const;

/** Those that have bpf_tracing_func_proto. */
export const tracingPrograms = [...probePrograms, "tracing", "lsm", "syscall"] as const;

export const tcPrograms = ["sched_cls", "sched_act"] as const;

export const lwtPrograms = ["lwt_in", "lwt_out", "lwt_xmit", "lwt_seg6local"] as const;

/** Programs on control groups whose hook runs in the task that asks. */
export const cgroupTaskPrograms = [
  "cgroup_sock",
  "cgroup_sock_addr",
  "cgroup_device",
  "cgroup_sockopt",
  "cgroup_sysctl",
] as const;

export const cgroupPrograms = [...cgroupTaskPrograms, "cgroup_skb", "sock_ops"] as const;

/** Programs that may take spin locks and timers in map values: check_map_prog_compatibility of kernel/bpf/verifier.c. */
export const timerPrograms: readonly string[] = basePrograms.filter(
  (name) => !(probePrograms as readonly string[]).includes(name),
);

export const lockPrograms: readonly string[] = timerPrograms.filter((name) => name !== "socket_filter");

/** Programs that knew the task that runs before all did. */
export const taskPrograms = [...tracingPrograms, ...cgroupTaskPrograms, "sk_msg"] as const;

export const perfEventOutputPrograms: readonly string[] = basePrograms.filter(
  (name) => !["flow_dissector", "netfilter", "sk_reuseport", "struct_ops"].includes(name),
);

export const skLookupPrograms = [...tcPrograms, "cgroup_skb", "cgroup_sock_addr", "sk_skb", "xdp"] as const;

/** Those that have bpf_sk_base_func_proto, and those of tracing that know types. */
export const skcPrograms = [
  ...tcPrograms,
  ...lwtPrograms,
  "cgroup_skb",
  "cgroup_sock_addr",
  "flow_dissector",
  "sk_lookup",
  "sk_msg",
  "sk_skb",
  "socket_filter",
  "sock_ops",
  "xdp",
  "tracing",
  "lsm",
  "syscall",
] as const;

export const skStoragePrograms = [
  ...tcPrograms,
  "cgroup_skb",
  "cgroup_sock",
  "cgroup_sock_addr",
  "cgroup_sockopt",
  "sk_msg",
  "sock_ops",
  "struct_ops",
  "tracing",
  "lsm",
] as const;

export const socketCookiePrograms = [
  ...tcPrograms,
  "cgroup_skb",
  "cgroup_sock",
  "cgroup_sock_addr",
  "sk_reuseport",
  "sk_skb",
  "socket_filter",
  "sock_ops",
  "tracing",
  "lsm",
  "syscall",
] as const;

/** Those of the network (bpf_sk_base_func_proto, and cgroup programs whose prototypes end there). */
export const coarseClockPrograms: readonly string[] = basePrograms.filter(
  (name) => ![...tracingPrograms, "cgroup_device", "cgroup_sockopt", "netfilter"].includes(name),
);

export const skStorageSince = since("5.11", ["tracing"]);

export const netnsCookiePrograms = [
  ...tcPrograms,
  "cgroup_skb",
  "cgroup_sock",
  "cgroup_sock_addr",
  "cgroup_sockopt",
  "sk_msg",
  "socket_filter",
  "sock_ops",
] as const;

export const socketOptionPrograms = ["sock_ops", "cgroup_sock_addr", "cgroup_sockopt", "struct_ops", "lsm"] as const;

export const socketOptionSince = { cgroup_sock_addr: "5.8", cgroup_sockopt: "5.15", lsm: "6.0" } as const;

export const socketOptionAttachTypes = { cgroup_sockopt: ["CGROUP_SETSOCKOPT"], lsm: ["LSM_CGROUP"] } as const;

export const retvalPrograms = [...cgroupTaskPrograms, "lsm"] as const;

/** Hooks that may refuse (cgroup_common_func_proto of kernel/bpf/cgroup.c). */
export const retvalAttachTypes = {
  cgroup_sock_addr: [
    "CGROUP_INET4_BIND",
    "CGROUP_INET6_BIND",
    "CGROUP_INET4_CONNECT",
    "CGROUP_INET6_CONNECT",
    "CGROUP_UDP4_SENDMSG",
    "CGROUP_UDP6_SENDMSG",
    "CGROUP_UNIX_CONNECT",
    "CGROUP_UNIX_SENDMSG",
  ],
  lsm: ["LSM_CGROUP"],
} as const;

/** Attach types of tracing programs that replace a function's entry or exit. */
export const trampolines = ["TRACE_FENTRY", "TRACE_FEXIT", "MODIFY_RETURN"] as const;

/** All but these. */
export function programsBut(others: readonly string[]): readonly string[] {
  return basePrograms.filter((name) => !others.includes(name));
}

/** The release since which each of these may call a helper. */
export function since(kernel: string, programs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(programs.map((name) => [name, kernel]));
}
