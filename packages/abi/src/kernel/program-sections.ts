// libbpf's names of program sections and what they stand for: program type and expected attach type (section_defs of
// libbpf's src/libbpf.c). A name that ends in `+` also stands for itself with `/` and a target behind it.
import { type ProgramKindName, type ProgramKindRow, programKinds } from "./program-kinds.ts";
import { type ProgramTypeName, programTypes } from "./program-types.ts";
import { uapi } from "./uapi.generated.ts";

/** What a section's name says about the programs in it. */
export interface ProgramSection {
  /** The kernel's name of the program type, in lower case: the name of a row of `programTypes` where there is one. */
  readonly type: string;
  /** `BPF_PROG_TYPE_*` */
  readonly number: number;
  /** `expected_attach_type` of BPF_PROG_LOAD, by its name without `BPF_`; absent: 0 or what the loader chooses. */
  readonly attach?: string;
  /** Programs may sleep (BPF_F_SLEEPABLE). */
  readonly sleepable?: boolean;
  /** Programs accept packets in fragments (BPF_F_XDP_HAS_FRAGS). */
  readonly frags?: boolean;
  /** What stands behind the name, after a slash: a function, "group/event". */
  readonly target?: string;
  /** The constructor of the DSL that makes such programs. */
  readonly kind?: ProgramKindName;
}

type ProgramType = keyof typeof uapi.progType;
type Row = readonly [name: string, type: ProgramType, attach?: string | undefined, how?: "sleepable" | "frags"];

const rows: readonly Row[] = [
  ["socket", "SOCKET_FILTER"],
  ["sk_reuseport/migrate", "SK_REUSEPORT", "SK_REUSEPORT_SELECT_OR_MIGRATE"],
  ["sk_reuseport", "SK_REUSEPORT", "SK_REUSEPORT_SELECT"],
  ["kprobe+", "KPROBE"],
  ["uprobe+", "KPROBE"],
  ["uprobe.s+", "KPROBE", undefined, "sleepable"],
  ["kretprobe+", "KPROBE"],
  ["uretprobe+", "KPROBE"],
  ["uretprobe.s+", "KPROBE", undefined, "sleepable"],
  ["kprobe.multi+", "KPROBE", "TRACE_KPROBE_MULTI"],
  ["kretprobe.multi+", "KPROBE", "TRACE_KPROBE_MULTI"],
  ["kprobe.session+", "KPROBE", "TRACE_KPROBE_SESSION"],
  ["uprobe.multi+", "KPROBE", "TRACE_UPROBE_MULTI"],
  ["uretprobe.multi+", "KPROBE", "TRACE_UPROBE_MULTI"],
  ["uprobe.session+", "KPROBE", "TRACE_UPROBE_SESSION"],
  ["uprobe.multi.s+", "KPROBE", "TRACE_UPROBE_MULTI", "sleepable"],
  ["uretprobe.multi.s+", "KPROBE", "TRACE_UPROBE_MULTI", "sleepable"],
  ["uprobe.session.s+", "KPROBE", "TRACE_UPROBE_SESSION", "sleepable"],
  ["ksyscall+", "KPROBE"],
  ["kretsyscall+", "KPROBE"],
  ["usdt+", "KPROBE"],
  ["usdt.s+", "KPROBE", undefined, "sleepable"],
  ["tc/ingress", "SCHED_CLS", "TCX_INGRESS"],
  ["tc/egress", "SCHED_CLS", "TCX_EGRESS"],
  ["tcx/ingress", "SCHED_CLS", "TCX_INGRESS"],
  ["tcx/egress", "SCHED_CLS", "TCX_EGRESS"],
  ["tc", "SCHED_CLS"],
  ["classifier", "SCHED_CLS"],
  ["action", "SCHED_ACT"],
  ["netkit/primary", "SCHED_CLS", "NETKIT_PRIMARY"],
  ["netkit/peer", "SCHED_CLS", "NETKIT_PEER"],
  ["tracepoint+", "TRACEPOINT"],
  ["tp+", "TRACEPOINT"],
  ["tracepoint.s+", "TRACEPOINT", undefined, "sleepable"],
  ["tp.s+", "TRACEPOINT", undefined, "sleepable"],
  ["raw_tracepoint+", "RAW_TRACEPOINT"],
  ["raw_tp+", "RAW_TRACEPOINT"],
  ["raw_tracepoint.s+", "RAW_TRACEPOINT", undefined, "sleepable"],
  ["raw_tp.s+", "RAW_TRACEPOINT", undefined, "sleepable"],
  ["raw_tracepoint.w+", "RAW_TRACEPOINT_WRITABLE"],
  ["raw_tp.w+", "RAW_TRACEPOINT_WRITABLE"],
  ["tp_btf+", "TRACING", "TRACE_RAW_TP"],
  ["tp_btf.s+", "TRACING", "TRACE_RAW_TP", "sleepable"],
  ["fentry+", "TRACING", "TRACE_FENTRY"],
  ["fmod_ret+", "TRACING", "MODIFY_RETURN"],
  ["fexit+", "TRACING", "TRACE_FEXIT"],
  ["fentry.s+", "TRACING", "TRACE_FENTRY", "sleepable"],
  ["fmod_ret.s+", "TRACING", "MODIFY_RETURN", "sleepable"],
  ["fexit.s+", "TRACING", "TRACE_FEXIT", "sleepable"],
  ["fsession+", "TRACING", "TRACE_FSESSION"],
  ["fsession.s+", "TRACING", "TRACE_FSESSION", "sleepable"],
  ["freplace+", "EXT"],
  ["lsm+", "LSM", "LSM_MAC"],
  ["lsm.s+", "LSM", "LSM_MAC", "sleepable"],
  ["lsm_cgroup+", "LSM", "LSM_CGROUP"],
  ["iter+", "TRACING", "TRACE_ITER"],
  ["iter.s+", "TRACING", "TRACE_ITER", "sleepable"],
  ["syscall", "SYSCALL", undefined, "sleepable"],
  ["xdp.frags/devmap", "XDP", "XDP_DEVMAP", "frags"],
  ["xdp/devmap", "XDP", "XDP_DEVMAP"],
  ["xdp.frags/cpumap", "XDP", "XDP_CPUMAP", "frags"],
  ["xdp/cpumap", "XDP", "XDP_CPUMAP"],
  ["xdp.frags", "XDP", "XDP", "frags"],
  ["xdp", "XDP", "XDP"],
  ["perf_event", "PERF_EVENT"],
  ["lwt_in", "LWT_IN"],
  ["lwt_out", "LWT_OUT"],
  ["lwt_xmit", "LWT_XMIT"],
  ["lwt_seg6local", "LWT_SEG6LOCAL"],
  ["sockops", "SOCK_OPS", "CGROUP_SOCK_OPS"],
  ["sk_skb/stream_parser", "SK_SKB", "SK_SKB_STREAM_PARSER"],
  ["sk_skb/stream_verdict", "SK_SKB", "SK_SKB_STREAM_VERDICT"],
  ["sk_skb/verdict", "SK_SKB", "SK_SKB_VERDICT"],
  ["sk_skb", "SK_SKB"],
  ["sk_msg", "SK_MSG", "SK_MSG_VERDICT"],
  ["lirc_mode2", "LIRC_MODE2", "LIRC_MODE2"],
  ["flow_dissector", "FLOW_DISSECTOR", "FLOW_DISSECTOR"],
  ["cgroup_skb/ingress", "CGROUP_SKB", "CGROUP_INET_INGRESS"],
  ["cgroup_skb/egress", "CGROUP_SKB", "CGROUP_INET_EGRESS"],
  ["cgroup/skb", "CGROUP_SKB"],
  ["cgroup/sock_create", "CGROUP_SOCK", "CGROUP_INET_SOCK_CREATE"],
  ["cgroup/sock_release", "CGROUP_SOCK", "CGROUP_INET_SOCK_RELEASE"],
  ["cgroup/sock", "CGROUP_SOCK", "CGROUP_INET_SOCK_CREATE"],
  ["cgroup/post_bind4", "CGROUP_SOCK", "CGROUP_INET4_POST_BIND"],
  ["cgroup/post_bind6", "CGROUP_SOCK", "CGROUP_INET6_POST_BIND"],
  ["cgroup/bind4", "CGROUP_SOCK_ADDR", "CGROUP_INET4_BIND"],
  ["cgroup/bind6", "CGROUP_SOCK_ADDR", "CGROUP_INET6_BIND"],
  ["cgroup/connect4", "CGROUP_SOCK_ADDR", "CGROUP_INET4_CONNECT"],
  ["cgroup/connect6", "CGROUP_SOCK_ADDR", "CGROUP_INET6_CONNECT"],
  ["cgroup/connect_unix", "CGROUP_SOCK_ADDR", "CGROUP_UNIX_CONNECT"],
  ["cgroup/sendmsg4", "CGROUP_SOCK_ADDR", "CGROUP_UDP4_SENDMSG"],
  ["cgroup/sendmsg6", "CGROUP_SOCK_ADDR", "CGROUP_UDP6_SENDMSG"],
  ["cgroup/sendmsg_unix", "CGROUP_SOCK_ADDR", "CGROUP_UNIX_SENDMSG"],
  ["cgroup/recvmsg4", "CGROUP_SOCK_ADDR", "CGROUP_UDP4_RECVMSG"],
  ["cgroup/recvmsg6", "CGROUP_SOCK_ADDR", "CGROUP_UDP6_RECVMSG"],
  ["cgroup/recvmsg_unix", "CGROUP_SOCK_ADDR", "CGROUP_UNIX_RECVMSG"],
  ["cgroup/getpeername4", "CGROUP_SOCK_ADDR", "CGROUP_INET4_GETPEERNAME"],
  ["cgroup/getpeername6", "CGROUP_SOCK_ADDR", "CGROUP_INET6_GETPEERNAME"],
  ["cgroup/getpeername_unix", "CGROUP_SOCK_ADDR", "CGROUP_UNIX_GETPEERNAME"],
  ["cgroup/getsockname4", "CGROUP_SOCK_ADDR", "CGROUP_INET4_GETSOCKNAME"],
  ["cgroup/getsockname6", "CGROUP_SOCK_ADDR", "CGROUP_INET6_GETSOCKNAME"],
  ["cgroup/getsockname_unix", "CGROUP_SOCK_ADDR", "CGROUP_UNIX_GETSOCKNAME"],
  ["cgroup/sysctl", "CGROUP_SYSCTL", "CGROUP_SYSCTL"],
  ["cgroup/getsockopt", "CGROUP_SOCKOPT", "CGROUP_GETSOCKOPT"],
  ["cgroup/setsockopt", "CGROUP_SOCKOPT", "CGROUP_SETSOCKOPT"],
  ["cgroup/dev", "CGROUP_DEVICE", "CGROUP_DEVICE"],
  ["struct_ops+", "STRUCT_OPS"],
  ["struct_ops.s+", "STRUCT_OPS", undefined, "sleepable"],
  ["sk_lookup", "SK_LOOKUP", "SK_LOOKUP"],
  ["netfilter", "NETFILTER", "NETFILTER"],
];

function matches(pattern: string, name: string): boolean {
  if (!pattern.endsWith("+")) return pattern === name;
  const whole = pattern.slice(0, -1);
  return name === whole || name.startsWith(`${whole}/`);
}

/** Names that stand for those of the kinds. */
const aliases: Readonly<Record<string, string>> = {
  tp: "tracepoint",
  raw_tp: "raw_tracepoint",
  "raw_tp.w": "raw_tracepoint.w",
  classifier: "tc",
};

const kindsBySection = new Map<string, ProgramKindName>(
  Object.entries<ProgramKindRow>(programKinds).flatMap(([kind, { section, sleepable, frags }]) =>
    [section, sleepable, frags].flatMap((name) =>
      name === undefined ? [] : [[name, kind as ProgramKindName] as const],
    ),
  ),
);

/**
 * What the name of a section says about its programs; undefined for names that libbpf does not know. A leading `?` (not
 * loaded unless asked for) does not count. Names that libbpf before 1.0 took by their beginning (`socket/1`) count too.
 */
export function programSection(name: string): ProgramSection | undefined {
  const plain = name.replace(/^\?/, "");
  const row =
    rows.find(([pattern]) => matches(pattern, plain)) ??
    rows.find(([pattern]) => !pattern.endsWith("+") && plain.startsWith(`${pattern}/`));
  if (!row) return undefined;
  const [pattern, type, attach, how] = row;
  const base = pattern.replace(/\+$/, "");
  const target = pattern.endsWith("+") ? plain.slice(base.length + 1) : "";
  const kind = kindsBySection.get(aliases[base] ?? base);
  return {
    type: type.toLowerCase(),
    number: uapi.progType[type],
    ...(attach !== undefined && { attach }),
    ...(how !== undefined && { [how]: true }),
    ...(target !== "" && { target }),
    ...(kind !== undefined && { kind }),
  };
}

/** What a program's section says; where libbpf does not know the section, no more than the type. */
export function sectionOfProgram({
  type,
  section,
}: {
  readonly type: ProgramTypeName;
  readonly section: string;
}): ProgramSection {
  const found = programSection(section);
  return found?.type === type ? found : { type, number: programTypes[type].number };
}
