// What an author makes programs with: one row per constructor of the DSL, by its path there. A row says what the program is
// to the kernel (type, expected attach type) and to libbpf (section), what stands before the function, and what is returned.
// The section of a program is the whole truth about it: kernel/program-sections.ts takes it apart again.
import type { ProgramTypeName } from "./program-types.ts";
import type { uapi } from "./uapi.generated.ts";

/** `BPF_*` of `enum bpf_attach_type`, without the prefix. */
export type AttachTypeName = keyof typeof uapi.attachType;

/** What the kernel lets a program return. */
export interface ReturnRow {
  /** The type in TypeScript. */
  readonly type: string;
  /** Least and greatest value that the kernel's verifier takes (check_return_code); absent: any. */
  readonly range?: readonly [min: number, max: number];
}

/** Kinds of return values. */
export const returnValues = {
  xdp: { type: "XdpAction" },
  tc: { type: "TcAction" },
  bytes: { type: "number" },
  any: { type: "number" },
  zero: { type: "0", range: [0, 0] },
  one: { type: "1", range: [1, 1] },
  iter: { type: "0 | 1", range: [0, 1] },
  allow: { type: "0 | 1", range: [0, 1] },
  bind: { type: "0 | 1 | 2 | 3", range: [0, 3] },
  egress: { type: "0 | 1 | 2 | 3", range: [0, 3] },
  sk: { type: "SkAction" },
  lookup: { type: "SkAction", range: [0, 1] },
  lwt: { type: "LwtAction" },
  flow: { type: "FlowAction" },
  nf: { type: "NfAction", range: [0, 1] },
} as const satisfies Readonly<Record<string, ReturnRow>>;

/** One constructor. */
export interface ProgramKindRow {
  readonly type: ProgramTypeName;
  /** `expected_attach_type` of BPF_PROG_LOAD; absent: 0, or what the way of attaching asks for. */
  readonly attach?: AttachTypeName;
  /** libbpf's section name; a target goes behind it, after a slash. */
  readonly section: string;
  /** First kernel that has it. */
  readonly since: string;
  /** A text that comes first and says where: a function, an event. */
  readonly target?: "required" | "optional";
  /** A schema that comes before the function and says what the context holds. */
  readonly schema?: "required" | "optional";
  /** The type in the DSL that has a member for each target that is known by name: what the context then holds. */
  readonly events?: string;
  /** Section of programs that may sleep: the constructor has the option `sleepable`. */
  readonly sleepable?: string;
  /** Section of programs that take packets in fragments: the constructor has the option `frags`. */
  readonly frags?: string;
  /** Row of `contexts`, where it is not that of the type. */
  readonly context?: string;
  readonly returns: keyof typeof returnValues;
  readonly doc: string;
}

export const programKinds = {
  xdp: {
    type: "xdp",
    attach: "XDP",
    section: "xdp",
    since: "4.8",
    frags: "xdp.frags",
    returns: "xdp",
    doc: "Sees each packet that an interface receives.",
  },
  "xdp.devmap": {
    type: "xdp",
    attach: "XDP_DEVMAP",
    section: "xdp/devmap",
    since: "5.8",
    frags: "xdp.frags/devmap",
    returns: "xdp",
    doc: "Runs on a packet that a device map redirects, before it leaves.",
  },
  "xdp.cpumap": {
    type: "xdp",
    attach: "XDP_CPUMAP",
    section: "xdp/cpumap",
    since: "5.9",
    frags: "xdp.frags/cpumap",
    returns: "xdp",
    doc: "Runs on a packet that a CPU map redirects, on that CPU.",
  },
  tc: {
    type: "sched_cls",
    section: "tc",
    since: "4.1",
    returns: "tc",
    doc: "Sees what an interface receives or sends.",
  },
  "netkit.primary": {
    type: "sched_cls",
    attach: "NETKIT_PRIMARY",
    section: "netkit/primary",
    since: "6.7",
    returns: "tc",
    doc: "Sees what the primary side of a netkit pair sends.",
  },
  "netkit.peer": {
    type: "sched_cls",
    attach: "NETKIT_PEER",
    section: "netkit/peer",
    since: "6.7",
    returns: "tc",
    doc: "Sees what the peer side of a netkit pair sends.",
  },
  schedAct: {
    type: "sched_act",
    section: "action",
    since: "4.1",
    returns: "tc",
    doc: "An action of traffic control: sees the packets that a filter hands to it.",
  },
  socketFilter: {
    type: "socket_filter",
    section: "socket",
    since: "3.19",
    returns: "bytes",
    doc: "Sees each packet that its socket would receive and says how many of its bytes the socket gets; 0 drops it.",
  },
  kprobe: {
    type: "kprobe",
    section: "kprobe",
    since: "4.1",
    target: "optional",
    returns: "any",
    doc: "Runs as a function of the kernel is called.",
  },
  "kprobe.multi": {
    type: "kprobe",
    attach: "TRACE_KPROBE_MULTI",
    section: "kprobe.multi",
    since: "5.18",
    target: "optional",
    returns: "any",
    doc: "Runs as any of many functions of the kernel is called.",
  },
  kretprobe: {
    type: "kprobe",
    section: "kretprobe",
    since: "4.1",
    target: "optional",
    returns: "any",
    doc: "Runs as a function of the kernel returns.",
  },
  "kretprobe.multi": {
    type: "kprobe",
    attach: "TRACE_KPROBE_MULTI",
    section: "kretprobe.multi",
    since: "5.18",
    target: "optional",
    returns: "any",
    doc: "Runs as any of many functions of the kernel returns.",
  },
  uprobe: {
    type: "kprobe",
    section: "uprobe",
    since: "4.1",
    target: "optional",
    sleepable: "uprobe.s",
    returns: "any",
    doc: "Runs as a function of a program or library is called.",
  },
  "uprobe.multi": {
    type: "kprobe",
    attach: "TRACE_UPROBE_MULTI",
    section: "uprobe.multi",
    since: "6.6",
    target: "optional",
    sleepable: "uprobe.multi.s",
    returns: "any",
    doc: "Runs as any of many functions of a program or library is called.",
  },
  uretprobe: {
    type: "kprobe",
    section: "uretprobe",
    since: "4.1",
    target: "optional",
    sleepable: "uretprobe.s",
    returns: "any",
    doc: "Runs as a function of a program or library returns.",
  },
  "uretprobe.multi": {
    type: "kprobe",
    attach: "TRACE_UPROBE_MULTI",
    section: "uretprobe.multi",
    since: "6.6",
    target: "optional",
    sleepable: "uretprobe.multi.s",
    returns: "any",
    doc: "Runs as any of many functions of a program or library returns.",
  },
  usdt: {
    type: "kprobe",
    section: "usdt",
    since: "4.1",
    target: "optional",
    sleepable: "usdt.s",
    returns: "any",
    doc: "Runs at a probe that a program or library declares.",
  },
  tracepoint: {
    type: "tracepoint",
    section: "tracepoint",
    since: "4.7",
    target: "required",
    schema: "optional",
    events: "TracepointEvents",
    returns: "any",
    doc: "Runs at an event of the kernel: `group:name`.",
  },
  rawTracepoint: {
    type: "raw_tracepoint",
    section: "raw_tracepoint",
    since: "4.17",
    target: "required",
    returns: "any",
    doc: "Runs at a tracepoint, with its arguments as they are.",
  },
  "rawTracepoint.writable": {
    type: "raw_tracepoint_writable",
    section: "raw_tracepoint.w",
    since: "5.2",
    target: "required",
    returns: "any",
    doc: "Runs at a tracepoint that has a buffer to write.",
  },
  tpBtf: {
    type: "tracing",
    attach: "TRACE_RAW_TP",
    section: "tp_btf",
    since: "5.5",
    target: "required",
    schema: "optional",
    returns: "any",
    doc: "Runs at a tracepoint, with typed arguments.",
  },
  perfEvent: {
    type: "perf_event",
    section: "perf_event",
    since: "4.9",
    returns: "any",
    doc: "Runs at each sample of a counter.",
  },
  "cgroupSkb.ingress": {
    type: "cgroup_skb",
    attach: "CGROUP_INET_INGRESS",
    section: "cgroup_skb/ingress",
    since: "4.10",
    returns: "allow",
    doc: "Sees each packet that the sockets of a cgroup receive: 1 lets it pass, 0 drops it.",
  },
  "cgroupSkb.egress": {
    type: "cgroup_skb",
    attach: "CGROUP_INET_EGRESS",
    section: "cgroup_skb/egress",
    since: "4.10",
    returns: "egress",
    doc: "Sees each packet that the sockets of a cgroup send: 1 lets it pass, 0 drops it; 2 and 3 say the same with congestion.",
  },
  "cgroupSock.create": {
    type: "cgroup_sock",
    attach: "CGROUP_INET_SOCK_CREATE",
    section: "cgroup/sock_create",
    since: "4.10",
    returns: "allow",
    doc: "Runs when a socket of a cgroup is made: 0 refuses it.",
  },
  "cgroupSock.release": {
    type: "cgroup_sock",
    attach: "CGROUP_INET_SOCK_RELEASE",
    section: "cgroup/sock_release",
    since: "5.9",
    returns: "allow",
    doc: "Runs when a socket of a cgroup is released: 0 refuses it.",
  },
  "cgroupSock.postBind4": {
    type: "cgroup_sock",
    attach: "CGROUP_INET4_POST_BIND",
    section: "cgroup/post_bind4",
    since: "4.17",
    returns: "allow",
    doc: "Runs when a socket of a cgroup has been bound to an IPv4 address: 0 refuses it.",
  },
  "cgroupSock.postBind6": {
    type: "cgroup_sock",
    attach: "CGROUP_INET6_POST_BIND",
    section: "cgroup/post_bind6",
    since: "4.17",
    returns: "allow",
    doc: "Runs when a socket of a cgroup has been bound to an IPv6 address: 0 refuses it.",
  },
  "cgroupSockAddr.bind4": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_INET4_BIND",
    section: "cgroup/bind4",
    since: "4.17",
    returns: "bind",
    doc: "Runs when a process of a cgroup binds a socket (IPv4).",
  },
  "cgroupSockAddr.bind6": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_INET6_BIND",
    section: "cgroup/bind6",
    since: "4.17",
    returns: "bind",
    doc: "Runs when a process of a cgroup binds a socket (IPv6).",
  },
  "cgroupSockAddr.connect4": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_INET4_CONNECT",
    section: "cgroup/connect4",
    since: "4.17",
    returns: "allow",
    doc: "Runs when a process of a cgroup connects (IPv4).",
  },
  "cgroupSockAddr.connect6": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_INET6_CONNECT",
    section: "cgroup/connect6",
    since: "4.17",
    returns: "allow",
    doc: "Runs when a process of a cgroup connects (IPv6).",
  },
  "cgroupSockAddr.connectUnix": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_UNIX_CONNECT",
    section: "cgroup/connect_unix",
    since: "6.7",
    returns: "allow",
    doc: "Runs when a process of a cgroup connects (a Unix socket).",
  },
  "cgroupSockAddr.sendmsg4": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_UDP4_SENDMSG",
    section: "cgroup/sendmsg4",
    since: "4.18",
    returns: "allow",
    doc: "Runs when a process of a cgroup sends a datagram (IPv4).",
  },
  "cgroupSockAddr.sendmsg6": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_UDP6_SENDMSG",
    section: "cgroup/sendmsg6",
    since: "4.18",
    returns: "allow",
    doc: "Runs when a process of a cgroup sends a datagram (IPv6).",
  },
  "cgroupSockAddr.sendmsgUnix": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_UNIX_SENDMSG",
    section: "cgroup/sendmsg_unix",
    since: "6.7",
    returns: "allow",
    doc: "Runs when a process of a cgroup sends a datagram (a Unix socket).",
  },
  "cgroupSockAddr.recvmsg4": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_UDP4_RECVMSG",
    section: "cgroup/recvmsg4",
    since: "5.2",
    returns: "one",
    doc: "Runs when a process of a cgroup receives a datagram (IPv4).",
  },
  "cgroupSockAddr.recvmsg6": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_UDP6_RECVMSG",
    section: "cgroup/recvmsg6",
    since: "5.2",
    returns: "one",
    doc: "Runs when a process of a cgroup receives a datagram (IPv6).",
  },
  "cgroupSockAddr.recvmsgUnix": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_UNIX_RECVMSG",
    section: "cgroup/recvmsg_unix",
    since: "6.7",
    returns: "one",
    doc: "Runs when a process of a cgroup receives a datagram (a Unix socket).",
  },
  "cgroupSockAddr.getpeername4": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_INET4_GETPEERNAME",
    section: "cgroup/getpeername4",
    since: "5.8",
    returns: "one",
    doc: "Runs when a process of a cgroup asks for the peer's address (IPv4).",
  },
  "cgroupSockAddr.getpeername6": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_INET6_GETPEERNAME",
    section: "cgroup/getpeername6",
    since: "5.8",
    returns: "one",
    doc: "Runs when a process of a cgroup asks for the peer's address (IPv6).",
  },
  "cgroupSockAddr.getpeernameUnix": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_UNIX_GETPEERNAME",
    section: "cgroup/getpeername_unix",
    since: "6.7",
    returns: "one",
    doc: "Runs when a process of a cgroup asks for the peer's address (a Unix socket).",
  },
  "cgroupSockAddr.getsockname4": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_INET4_GETSOCKNAME",
    section: "cgroup/getsockname4",
    since: "5.8",
    returns: "one",
    doc: "Runs when a process of a cgroup asks for a socket's address (IPv4).",
  },
  "cgroupSockAddr.getsockname6": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_INET6_GETSOCKNAME",
    section: "cgroup/getsockname6",
    since: "5.8",
    returns: "one",
    doc: "Runs when a process of a cgroup asks for a socket's address (IPv6).",
  },
  "cgroupSockAddr.getsocknameUnix": {
    type: "cgroup_sock_addr",
    attach: "CGROUP_UNIX_GETSOCKNAME",
    section: "cgroup/getsockname_unix",
    since: "6.7",
    returns: "one",
    doc: "Runs when a process of a cgroup asks for a socket's address (a Unix socket).",
  },
  cgroupDevice: {
    type: "cgroup_device",
    attach: "CGROUP_DEVICE",
    section: "cgroup/dev",
    since: "4.15",
    returns: "allow",
    doc: "Runs when a process of a cgroup opens or makes a device file: 0 refuses it.",
  },
  cgroupSysctl: {
    type: "cgroup_sysctl",
    attach: "CGROUP_SYSCTL",
    section: "cgroup/sysctl",
    since: "5.2",
    returns: "allow",
    doc: "Runs when a process of a cgroup reads or writes a kernel parameter: 0 refuses it.",
  },
  "cgroupSockopt.getsockopt": {
    type: "cgroup_sockopt",
    attach: "CGROUP_GETSOCKOPT",
    section: "cgroup/getsockopt",
    since: "5.3",
    returns: "allow",
    doc: "Runs when a process of a cgroup has read a socket option: 0 refuses it.",
  },
  "cgroupSockopt.setsockopt": {
    type: "cgroup_sockopt",
    attach: "CGROUP_SETSOCKOPT",
    section: "cgroup/setsockopt",
    since: "5.3",
    returns: "allow",
    doc: "Runs when a process of a cgroup sets a socket option: 0 refuses it.",
  },
  sockOps: {
    type: "sock_ops",
    attach: "CGROUP_SOCK_OPS",
    section: "sockops",
    since: "4.13",
    returns: "allow",
    doc: "Runs at the steps of a cgroup's TCP connections; `op` says which. 1 gives `reply` as the answer, 0 none.",
  },
  "skSkb.streamParser": {
    type: "sk_skb",
    attach: "SK_SKB_STREAM_PARSER",
    section: "sk_skb/stream_parser",
    since: "4.14",
    returns: "any",
    doc: "Says how long the next message in a stream is.",
  },
  "skSkb.streamVerdict": {
    type: "sk_skb",
    attach: "SK_SKB_STREAM_VERDICT",
    section: "sk_skb/stream_verdict",
    since: "4.14",
    returns: "sk",
    doc: "Says what becomes of a message that a socket of a socket map received.",
  },
  "skSkb.verdict": {
    type: "sk_skb",
    attach: "SK_SKB_VERDICT",
    section: "sk_skb/verdict",
    since: "5.13",
    returns: "sk",
    doc: "Says what becomes of data that a socket of a socket map received, without a parser.",
  },
  skMsg: {
    type: "sk_msg",
    attach: "SK_MSG_VERDICT",
    section: "sk_msg",
    since: "4.17",
    returns: "sk",
    doc: "Says what becomes of data that a socket of a socket map sends.",
  },
  skLookup: {
    type: "sk_lookup",
    attach: "SK_LOOKUP",
    section: "sk_lookup",
    since: "5.9",
    returns: "lookup",
    doc: "Chooses the socket for a new connection or datagram.",
  },
  skReuseport: {
    type: "sk_reuseport",
    attach: "SK_REUSEPORT_SELECT",
    section: "sk_reuseport",
    since: "4.19",
    returns: "sk",
    doc: "Chooses among the sockets that share a port.",
  },
  "skReuseport.migrate": {
    type: "sk_reuseport",
    attach: "SK_REUSEPORT_SELECT_OR_MIGRATE",
    section: "sk_reuseport/migrate",
    since: "5.14",
    returns: "sk",
    doc: "Chooses among the sockets that share a port, also for connections that move to another socket.",
  },
  flowDissector: {
    type: "flow_dissector",
    attach: "FLOW_DISSECTOR",
    section: "flow_dissector",
    since: "4.20",
    returns: "flow",
    doc: "Takes a packet apart into the keys of its flow.",
  },
  netfilter: {
    type: "netfilter",
    attach: "NETFILTER",
    section: "netfilter",
    since: "6.4",
    returns: "nf",
    doc: "Sees the packets at a hook of the packet filter.",
  },
  lwtIn: {
    type: "lwt_in",
    section: "lwt_in",
    since: "4.10",
    returns: "lwt",
    doc: "Sees packets for this host by a route with this program.",
  },
  lwtOut: {
    type: "lwt_out",
    section: "lwt_out",
    since: "4.10",
    returns: "lwt",
    doc: "Sees packets of this host by a route with this program.",
  },
  lwtXmit: {
    type: "lwt_xmit",
    section: "lwt_xmit",
    since: "4.10",
    returns: "lwt",
    doc: "Sees packets that leave by a route with this program.",
  },
  lwtSeg6local: {
    type: "lwt_seg6local",
    section: "lwt_seg6local",
    since: "4.18",
    returns: "lwt",
    doc: "Sees packets at a segment of an IPv6 route (End.BPF).",
  },
  lircMode2: {
    type: "lirc_mode2",
    attach: "LIRC_MODE2",
    section: "lirc_mode2",
    since: "4.18",
    returns: "any",
    doc: "Sees the pulses and spaces of an infrared receiver.",
  },
  fentry: {
    type: "tracing",
    attach: "TRACE_FENTRY",
    section: "fentry",
    since: "5.5",
    target: "optional",
    schema: "optional",
    sleepable: "fentry.s",
    returns: "zero",
    doc: "Runs as a function of the kernel is called, with typed arguments.",
  },
  fexit: {
    type: "tracing",
    attach: "TRACE_FEXIT",
    section: "fexit",
    since: "5.5",
    target: "optional",
    schema: "optional",
    sleepable: "fexit.s",
    returns: "zero",
    doc: "Runs as a function of the kernel returns, with its arguments and result.",
  },
  fmodRet: {
    type: "tracing",
    attach: "MODIFY_RETURN",
    section: "fmod_ret",
    since: "5.7",
    target: "optional",
    schema: "optional",
    sleepable: "fmod_ret.s",
    returns: "any",
    doc: "Runs before a function of the kernel that may be overridden: other results than 0 are given instead of calling it.",
  },
  iter: {
    type: "tracing",
    attach: "TRACE_ITER",
    section: "iter",
    since: "5.8",
    target: "required",
    schema: "optional",
    sleepable: "iter.s",
    returns: "iter",
    doc: "Runs for each object of a kind, and writes text about it.",
  },
  lsm: {
    type: "lsm",
    attach: "LSM_MAC",
    section: "lsm",
    since: "5.7",
    target: "required",
    schema: "optional",
    sleepable: "lsm.s",
    returns: "any",
    doc: "Runs at a security hook: 0 allows, a negative error number refuses.",
  },
  "lsm.cgroup": {
    type: "lsm",
    attach: "LSM_CGROUP",
    section: "lsm_cgroup",
    since: "6.0",
    target: "required",
    schema: "optional",
    returns: "allow",
    doc: "Runs at a security hook for the processes of a cgroup.",
  },
  syscall: {
    type: "syscall",
    section: "syscall",
    since: "5.14",
    schema: "optional",
    returns: "any",
    doc: "Runs when user space asks for it, with a struct of its own.",
  },
  structOps: {
    type: "struct_ops",
    attach: "STRUCT_OPS",
    section: "struct_ops",
    since: "5.6",
    target: "optional",
    schema: "optional",
    sleepable: "struct_ops.s",
    returns: "any",
    doc: "One function of a table that the kernel calls.",
  },
  extension: {
    type: "ext",
    section: "freplace",
    since: "5.6",
    target: "optional",
    schema: "optional",
    returns: "any",
    doc: "Replaces a function of a loaded program.",
  },
} as const satisfies Readonly<Record<string, ProgramKindRow>>;

/** The path of a constructor in the DSL. */
export type ProgramKindName = keyof typeof programKinds;

/** Paths of all rows. */
export const programKindNames = Object.keys(programKinds) as readonly ProgramKindName[];

/** The section of a program of a kind. `target` as in the source: of a tracepoint "group:name". */
export function sectionOf(
  kind: ProgramKindName,
  {
    target,
    sleepable,
    frags,
  }: { readonly target?: string; readonly sleepable?: boolean; readonly frags?: boolean } = {},
): string {
  const row: ProgramKindRow = programKinds[kind];
  const base = (sleepable && row.sleepable) || (frags && row.frags) || row.section;
  return target === undefined ? base : `${base}/${kind === "tracepoint" ? target.replace(":", "/") : target}`;
}

/** "CgroupSkbIngress" for cgroupSkb.ingress. */
function pascalCase(kind: string): string {
  return kind.replace(/(?:^|\.)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The type of a kind's context in the DSL: "CgroupSkbIngressContext". */
export function contextTypeName(kind: ProgramKindName): string {
  return `${pascalCase(kind)}Context`;
}
