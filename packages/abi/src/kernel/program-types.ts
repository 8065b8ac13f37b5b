// Meaning of each program type: one row. Numbers come from the snapshot of the kernel's header. What the DSL makes of a
// type, by attach type, is a row of program-kinds.ts.
import { uapi } from "./uapi.generated.ts";

/** What the kernel and libbpf call a program type, what it returns, and how it fails safe. */
export interface ProgramTypeRow {
  /** `BPF_PROG_TYPE_*` */
  readonly number: number;
  /** Name of the row in `contexts`. */
  readonly context: string;
  /** libbpf's section name. */
  readonly section: string;
  /** First kernel that has it. */
  readonly since: string;
  /** Verdicts by name, as the DSL and the reports spell them; none where the program returns a count. */
  readonly actions: Readonly<Record<string, number>>;
  /** Returned by code that can never run (a recheck that cannot fail). */
  readonly failure: number;
  /** What programs of the type see. */
  readonly doc: string;
}

const tcActions = {
  UNSPEC: -1,
  OK: 0,
  RECLASSIFY: 1,
  SHOT: 2,
  PIPE: 3,
  STOLEN: 4,
  QUEUED: 5,
  REPEAT: 6,
  REDIRECT: 7,
  TRAP: 8,
} as const;

export const programTypes = {
  xdp: {
    number: uapi.progType.XDP,
    context: "xdp_md",
    section: "xdp",
    since: "4.8",
    actions: { ABORTED: 0, DROP: 1, PASS: 2, TX: 3, REDIRECT: 4 },
    failure: 0,
    doc: "Packets as a driver receives them.",
  },
  sched_cls: {
    number: uapi.progType.SCHED_CLS,
    context: "sk_buff",
    section: "tc",
    since: "4.1",
    actions: tcActions,
    failure: 2,
    doc: "Packets at a traffic control hook.",
  },
  socket_filter: {
    number: uapi.progType.SOCKET_FILTER,
    context: "sk_buff",
    section: "socket",
    since: "3.19",
    actions: {},
    failure: 0,
    doc: "Packets that a socket would receive. Returns how many bytes of the packet its socket gets; 0 drops it.",
  },
  sched_act: {
    number: uapi.progType.SCHED_ACT,
    context: "sk_buff",
    section: "action",
    since: "4.1",
    actions: tcActions,
    failure: 2,
    doc: "Packets that a traffic control filter hands to an action.",
  },
  kprobe: {
    number: uapi.progType.KPROBE,
    context: "pt_regs",
    section: "kprobe",
    since: "4.1",
    actions: {},
    failure: 0,
    doc: "Entries and returns of functions of the kernel and of processes.",
  },
  tracepoint: {
    number: uapi.progType.TRACEPOINT,
    context: "tracepoint",
    section: "tracepoint",
    since: "4.7",
    actions: {},
    failure: 0,
    doc: "Events that the kernel's sources mark.",
  },
  perf_event: {
    number: uapi.progType.PERF_EVENT,
    context: "bpf_perf_event_data",
    section: "perf_event",
    since: "4.9",
    actions: {},
    failure: 0,
    doc: "Samples of a counter.",
  },
  cgroup_skb: {
    number: uapi.progType.CGROUP_SKB,
    context: "sk_buff",
    section: "cgroup/skb",
    since: "4.10",
    actions: { DENY: 0, ALLOW: 1 },
    failure: 0,
    doc: "Packets of the sockets of a cgroup.",
  },
  cgroup_sock: {
    number: uapi.progType.CGROUP_SOCK,
    context: "bpf_sock",
    section: "cgroup/sock",
    since: "4.10",
    actions: { DENY: 0, ALLOW: 1 },
    failure: 0,
    doc: "Sockets of a cgroup as they are made, bound and released.",
  },
  lwt_in: {
    number: uapi.progType.LWT_IN,
    context: "sk_buff",
    section: "lwt_in",
    since: "4.10",
    actions: { OK: 0, DROP: 2, REDIRECT: 7, REROUTE: 128 },
    failure: 2,
    doc: "Packets for this host by a route with an encapsulation.",
  },
  lwt_out: {
    number: uapi.progType.LWT_OUT,
    context: "sk_buff",
    section: "lwt_out",
    since: "4.10",
    actions: { OK: 0, DROP: 2, REDIRECT: 7, REROUTE: 128 },
    failure: 2,
    doc: "Packets of this host by a route with an encapsulation.",
  },
  lwt_xmit: {
    number: uapi.progType.LWT_XMIT,
    context: "sk_buff",
    section: "lwt_xmit",
    since: "4.10",
    actions: { OK: 0, DROP: 2, REDIRECT: 7, REROUTE: 128 },
    failure: 2,
    doc: "Packets that leave by a route with an encapsulation.",
  },
  sock_ops: {
    number: uapi.progType.SOCK_OPS,
    context: "bpf_sock_ops",
    section: "sockops",
    since: "4.13",
    actions: {},
    failure: 0,
    doc: "Steps in the life of the TCP connections of a cgroup.",
  },
  sk_skb: {
    number: uapi.progType.SK_SKB,
    context: "sk_buff",
    section: "sk_skb",
    since: "4.14",
    actions: { DROP: 0, PASS: 1 },
    failure: 0,
    doc: "Data that the sockets of a socket map receive.",
  },
  cgroup_device: {
    number: uapi.progType.CGROUP_DEVICE,
    context: "bpf_cgroup_dev_ctx",
    section: "cgroup/dev",
    since: "4.15",
    actions: { DENY: 0, ALLOW: 1 },
    failure: 0,
    doc: "Device files that processes of a cgroup open.",
  },
  sk_msg: {
    number: uapi.progType.SK_MSG,
    context: "sk_msg_md",
    section: "sk_msg",
    since: "4.17",
    actions: { DROP: 0, PASS: 1 },
    failure: 0,
    doc: "Data that the sockets of a socket map send.",
  },
  raw_tracepoint: {
    number: uapi.progType.RAW_TRACEPOINT,
    context: "bpf_raw_tracepoint_args",
    section: "raw_tracepoint",
    since: "4.17",
    actions: {},
    failure: 0,
    doc: "Tracepoints with their arguments as they are.",
  },
  raw_tracepoint_writable: {
    number: uapi.progType.RAW_TRACEPOINT_WRITABLE,
    context: "bpf_raw_tracepoint_args",
    section: "raw_tracepoint.w",
    since: "5.2",
    actions: {},
    failure: 0,
    doc: "Tracepoints with a buffer that programs may write.",
  },
  cgroup_sock_addr: {
    number: uapi.progType.CGROUP_SOCK_ADDR,
    context: "bpf_sock_addr",
    section: "cgroup/connect4",
    since: "4.17",
    actions: { DENY: 0, ALLOW: 1 },
    failure: 0,
    doc: "Addresses that processes of a cgroup bind, connect and send to.",
  },
  lwt_seg6local: {
    number: uapi.progType.LWT_SEG6LOCAL,
    context: "sk_buff",
    section: "lwt_seg6local",
    since: "4.18",
    actions: { OK: 0, DROP: 2, REDIRECT: 7, REROUTE: 128 },
    failure: 2,
    doc: "Packets at a segment of an IPv6 route.",
  },
  lirc_mode2: {
    number: uapi.progType.LIRC_MODE2,
    context: "lirc_mode2",
    section: "lirc_mode2",
    since: "4.18",
    actions: {},
    failure: 0,
    doc: "Pulses and spaces of an infrared receiver.",
  },
  sk_reuseport: {
    number: uapi.progType.SK_REUSEPORT,
    context: "sk_reuseport_md",
    section: "sk_reuseport",
    since: "4.19",
    actions: { DROP: 0, PASS: 1 },
    failure: 0,
    doc: "The choice among sockets that share a port.",
  },
  flow_dissector: {
    number: uapi.progType.FLOW_DISSECTOR,
    context: "sk_buff",
    section: "flow_dissector",
    since: "4.20",
    actions: { OK: 0, DROP: 2, CONTINUE: 129 },
    failure: 2,
    doc: "The flow that a packet belongs to.",
  },
  cgroup_sysctl: {
    number: uapi.progType.CGROUP_SYSCTL,
    context: "bpf_sysctl",
    section: "cgroup/sysctl",
    since: "5.2",
    actions: { DENY: 0, ALLOW: 1 },
    failure: 0,
    doc: "Kernel parameters that processes of a cgroup read and write.",
  },
  cgroup_sockopt: {
    number: uapi.progType.CGROUP_SOCKOPT,
    context: "bpf_sockopt",
    section: "cgroup/getsockopt",
    since: "5.3",
    actions: { DENY: 0, ALLOW: 1 },
    failure: 0,
    doc: "Socket options that processes of a cgroup read and set.",
  },
  tracing: {
    number: uapi.progType.TRACING,
    context: "arguments",
    section: "fentry",
    since: "5.5",
    actions: {},
    failure: 0,
    doc: "Functions and tracepoints of the kernel with typed arguments, and iterators.",
  },
  struct_ops: {
    number: uapi.progType.STRUCT_OPS,
    context: "arguments",
    section: "struct_ops",
    since: "5.6",
    actions: {},
    failure: 0,
    doc: "Functions of a table that the kernel calls.",
  },
  ext: {
    number: uapi.progType.EXT,
    context: "arguments",
    section: "freplace",
    since: "5.6",
    actions: {},
    failure: 0,
    doc: "A replacement for a function of a loaded program.",
  },
  lsm: {
    number: uapi.progType.LSM,
    context: "arguments",
    section: "lsm",
    since: "5.7",
    actions: {},
    failure: 0,
    doc: "Decisions of the kernel's security hooks.",
  },
  sk_lookup: {
    number: uapi.progType.SK_LOOKUP,
    context: "bpf_sk_lookup",
    section: "sk_lookup",
    since: "5.9",
    actions: { DROP: 0, PASS: 1 },
    failure: 0,
    doc: "The socket that gets a new connection or datagram.",
  },
  syscall: {
    number: uapi.progType.SYSCALL,
    context: "syscall",
    section: "syscall",
    since: "5.14",
    actions: {},
    failure: 0,
    doc: "Programs that user space runs itself.",
  },
  netfilter: {
    number: uapi.progType.NETFILTER,
    context: "bpf_nf_ctx",
    section: "netfilter",
    since: "6.4",
    actions: { DROP: 0, ACCEPT: 1 },
    failure: 0,
    doc: "Packets at a hook of the packet filter.",
  },
} as const satisfies Readonly<Record<string, ProgramTypeRow>>;

/** The name of a program type's row: the kernel's, in lower case. */
export type ProgramTypeName = keyof typeof programTypes;

/** The name of the verdict that r0, as an unsigned 32-bit number, is; undefined where it has none. */
export function actionName(program: ProgramTypeName, retval: number): string | undefined {
  const actions: Readonly<Record<string, number>> = programTypes[program].actions;
  return Object.keys(actions).find((name) => (actions[name] ?? 0) >>> 0 === retval >>> 0);
}
