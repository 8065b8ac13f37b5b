// Where programs are attached, typed by program type, or by constructor where programs of one type are attached in several
// ways. What the kernel makes of each is a file of attach/.
import type { CgroupAttachOptions, Neighbour } from "./cgroup-options.ts";
import type {
  ActionAttachOptions,
  NamespaceAttachOptions,
  NetfilterAttachOptions,
  NetkitAttachOptions,
  ReuseportAttachOptions,
  RouteAttachOptions,
  SockMapAttachOptions,
} from "./network-options.ts";
import type {
  CgroupHookAttachOptions,
  IteratorAttachOptions,
  PlacedAttachOptions,
  StructOpsAttachOptions,
} from "./placed-options.ts";
import type {
  KprobeAttachOptions,
  KprobeMultiAttachOptions,
  PerfEventAttachOptions,
  RawTracepointAttachOptions,
  TracepointAttachOptions,
  UprobeAttachOptions,
  UprobeMultiAttachOptions,
  UsdtAttachOptions,
} from "./tracing-options.ts";

/** Where an XDP program is attached. */
export interface XdpAttachOptions {
  /** Name or index of a network interface. */
  readonly interface: string | number;
  /** "native" (in the driver), "generic" (after the driver), or whichever the kernel picks. */
  readonly mode?: "native" | "generic";
}

/** Another tc program of the same hook. */
export type TcNeighbour = Neighbour;

/** Where a tc program is attached. */
export interface TcAttachOptions {
  /** Name or index of a network interface. */
  readonly interface: string | number;
  readonly direction: "ingress" | "egress";
  /**
   * "tcx" is a link that ends with the process (Linux 6.6); "clsact" is a filter that outlives a process that is killed.
   * Without a mode: what the other options ask for, else tcx where the kernel has it.
   */
  readonly mode?: "tcx" | "clsact";
  /**
   * clsact: "direct" (the default) takes what the program returns as the verdict, "classifier" as the class of the packet
   * (0: the packet does not match, -1: its own class), which then passes.
   */
  readonly form?: "direct" | "classifier";
  /** clsact: filters run from the lowest number, 1 to 65535; without it the kernel puts the filter before all others. */
  readonly priority?: number;
  /** clsact: the filter's number within its priority; without it a free one. */
  readonly handle?: number;
  /** tcx: runs before this one. Without `before` and `after` it runs last. */
  readonly before?: TcNeighbour;
  /** tcx: runs after this one. */
  readonly after?: TcNeighbour;
  /** tcx: attach only while the hook's list has this revision. */
  readonly expectedRevision?: number | bigint;
}

/** What a socket filter is attached to: a descriptor, or a socket of `node:dgram` or `node:net` that is open. */
export type SocketLike = number | object;

/** Where a socket filter is attached: to a socket, or to all that passes an interface, which it then counts. */
export type SocketAttachOptions = { readonly socket: SocketLike } | { readonly interface: string | number };

/** Where to attach, by program type; grows by attach kinds. */
export interface AttachOptionsByType {
  readonly xdp: XdpAttachOptions;
  readonly sched_cls: TcAttachOptions;
  readonly socket_filter: SocketAttachOptions;
  readonly sched_act: ActionAttachOptions;
  readonly lwt_in: RouteAttachOptions;
  readonly lwt_out: RouteAttachOptions;
  readonly lwt_xmit: RouteAttachOptions;
  readonly sk_skb: SockMapAttachOptions;
  readonly sk_msg: SockMapAttachOptions;
  readonly sk_lookup: NamespaceAttachOptions;
  readonly flow_dissector: NamespaceAttachOptions;
  readonly sk_reuseport: ReuseportAttachOptions;
  readonly netfilter: NetfilterAttachOptions;
  readonly tracing: PlacedAttachOptions;
  readonly lsm: PlacedAttachOptions;
  readonly ext: PlacedAttachOptions;
  readonly struct_ops: StructOpsAttachOptions;
  readonly cgroup_skb: CgroupAttachOptions;
  readonly cgroup_sock: CgroupAttachOptions;
  readonly cgroup_sock_addr: CgroupAttachOptions;
  readonly cgroup_device: CgroupAttachOptions;
  readonly cgroup_sysctl: CgroupAttachOptions;
  readonly cgroup_sockopt: CgroupAttachOptions;
  readonly sock_ops: CgroupAttachOptions;
  readonly kprobe: KprobeAttachOptions;
  readonly tracepoint: TracepointAttachOptions;
  readonly raw_tracepoint: RawTracepointAttachOptions;
  readonly raw_tracepoint_writable: RawTracepointAttachOptions;
  readonly perf_event: PerfEventAttachOptions;
}

/** Where to attach, by the constructor's path, where programs of one type are attached in several ways. */
export interface AttachOptionsByKind {
  readonly "netkit.primary": NetkitAttachOptions;
  readonly "netkit.peer": NetkitAttachOptions;
  readonly iter: IteratorAttachOptions;
  readonly "lsm.cgroup": CgroupHookAttachOptions;
  readonly "kprobe.multi": KprobeMultiAttachOptions;
  readonly "kretprobe.multi": KprobeMultiAttachOptions;
  readonly uprobe: UprobeAttachOptions;
  readonly uretprobe: UprobeAttachOptions;
  readonly "uprobe.multi": UprobeMultiAttachOptions;
  readonly "uretprobe.multi": UprobeMultiAttachOptions;
  readonly usdt: UsdtAttachOptions;
}

/** Where to attach a program of any type. */
export type AttachOptions =
  | AttachOptionsByType[keyof AttachOptionsByType]
  | AttachOptionsByKind[keyof AttachOptionsByKind];
