// What the kernel tells about a BPF link (struct bpf_link_info): what it is attached to, by type of link. One row for each
// type says which fields it has; a type without a row has its number and its program.
import type { Sys } from "../sys.ts";
import { type Info, readInfo, textOf } from "./info.ts";
import { objectLayouts } from "./layouts.ts";
import { attachTypeNameOf, linkTypeNameOf } from "./names.ts";

/** What a link is attached to; names of fields as in struct bpf_link_info. */
export type LinkTarget =
  | { readonly kind: "raw_tracepoint"; readonly name: string; readonly cookie: bigint }
  | {
      readonly kind: "tracing";
      readonly attachType: string;
      /** Program or BTF of the kernel, and the function within it. */
      readonly targetObjectId: number;
      readonly targetBtfId: number;
      readonly cookie: bigint;
    }
  | { readonly kind: "cgroup"; readonly attachType: string; readonly cgroupId: bigint }
  | { readonly kind: "iter"; readonly name: string; readonly mapId?: number }
  | { readonly kind: "netns"; readonly attachType: string; readonly inode: number }
  /** `ifindex` is 0 once the interface is gone. */
  | { readonly kind: "xdp"; readonly ifindex: number }
  | { readonly kind: "struct_ops"; readonly mapId: number }
  | {
      readonly kind: "netfilter";
      /** `NFPROTO_*` and `NF_INET_*` */
      readonly family: number;
      readonly hook: number;
      readonly priority: number;
      readonly flags: number;
    }
  | { readonly kind: "tcx" | "netkit"; readonly attachType: string; readonly ifindex: number }
  | { readonly kind: "sockmap"; readonly attachType: string; readonly mapId: number }
  | {
      readonly kind: "uprobe" | "uretprobe" | "kprobe" | "kretprobe";
      /** Path of the file, or name of the kernel's function. */
      readonly name: string;
      readonly offset: number;
    }
  | { readonly kind: "tracepoint"; readonly name: string }
  | { readonly kind: "perf_event"; readonly type: number; readonly config: bigint }
  | { readonly kind: "kprobe_multi"; readonly count: number; readonly flags: number; readonly missed: bigint }
  | {
      readonly kind: "uprobe_multi";
      readonly name: string;
      readonly count: number;
      readonly flags: number;
      /** 0 for all processes. */
      readonly pid: number;
    }
  /** A link of a type that is not known here, or of which the kernel tells no more. */
  | { readonly kind: "other" };

/** Facts about a link in the kernel. */
export interface KernelLinkInfo {
  readonly id: number;
  /** The kernel's name of the type in lower case; the number where it is not known. */
  readonly type: string;
  /** `BPF_LINK_TYPE_*` */
  readonly typeNumber: number;
  /** 0 where it runs no program: links of struct_ops. */
  readonly programId: number;
  readonly target: LinkTarget;
}

type Block = Info<typeof objectLayouts.link>;
type FieldName = keyof typeof objectLayouts.link.fields;

interface LinkRow {
  /** Fields for the address and the size of a text, which takes a second call. */
  readonly text?: readonly [pointer: FieldName, size: FieldName];
  target(info: Block, text: string): LinkTarget;
}

const word = (kind: "tcx" | "netkit"): LinkRow => ({
  target: (info) => ({
    kind,
    attachType: attachTypeNameOf(info.get(`${kind}.attach_type`)),
    ifindex: info.get(`${kind}.ifindex`),
  }),
});

const kprobe = (kind: "kprobe" | "kretprobe"): LinkRow => ({
  text: ["perf_event.kprobe.func_name", "perf_event.kprobe.name_len"],
  target: (info, name) => ({ kind, name, offset: info.get("perf_event.kprobe.offset") }),
});

const uprobe = (kind: "uprobe" | "uretprobe"): LinkRow => ({
  text: ["perf_event.uprobe.file_name", "perf_event.uprobe.name_len"],
  target: (info, name) => ({ kind, name, offset: info.get("perf_event.uprobe.offset") }),
});

/** Links to perf events by what the event is (enum bpf_perf_event_type); kernels before 6.6 say 0. */
const perfRows: readonly (LinkRow | undefined)[] = [
  undefined,
  uprobe("uprobe"),
  uprobe("uretprobe"),
  kprobe("kprobe"),
  kprobe("kretprobe"),
  {
    text: ["perf_event.tracepoint.tp_name", "perf_event.tracepoint.name_len"],
    target: (_, name) => ({ kind: "tracepoint", name }),
  },
  {
    target: (info) => ({
      kind: "perf_event",
      type: info.get("perf_event.event.type"),
      config: info.wide("perf_event.event.config"),
    }),
  },
];

const rows: Readonly<Record<string, LinkRow>> = {
  raw_tracepoint: {
    text: ["raw_tracepoint.tp_name", "raw_tracepoint.tp_name_len"],
    target: (info, name) => ({ kind: "raw_tracepoint", name, cookie: info.wide("raw_tracepoint.cookie") }),
  },
  tracing: {
    target: (info) => ({
      kind: "tracing",
      attachType: attachTypeNameOf(info.get("tracing.attach_type")),
      targetObjectId: info.get("tracing.target_obj_id"),
      targetBtfId: info.get("tracing.target_btf_id"),
      cookie: info.wide("tracing.cookie"),
    }),
  },
  cgroup: {
    target: (info) => ({
      kind: "cgroup",
      attachType: attachTypeNameOf(info.get("cgroup.attach_type")),
      cgroupId: info.wide("cgroup.cgroup_id"),
    }),
  },
  iter: {
    text: ["iter.target_name", "iter.target_name_len"],
    target: (info, name) => {
      const mapId = /map/u.test(name) ? info.get("iter.map.map_id") : 0;
      return { kind: "iter", name, ...(mapId > 0 && { mapId }) };
    },
  },
  netns: {
    target: (info) => ({
      kind: "netns",
      attachType: attachTypeNameOf(info.get("netns.attach_type")),
      inode: info.get("netns.netns_ino"),
    }),
  },
  xdp: { target: (info) => ({ kind: "xdp", ifindex: info.get("xdp.ifindex") }) },
  struct_ops: { target: (info) => ({ kind: "struct_ops", mapId: info.get("struct_ops.map_id") }) },
  netfilter: {
    target: (info) => ({
      kind: "netfilter",
      family: info.get("netfilter.pf"),
      hook: info.get("netfilter.hooknum"),
      priority: info.get("netfilter.priority") | 0,
      flags: info.get("netfilter.flags"),
    }),
  },
  tcx: word("tcx"),
  netkit: word("netkit"),
  sockmap: {
    target: (info) => ({
      kind: "sockmap",
      attachType: attachTypeNameOf(info.get("sockmap.attach_type")),
      mapId: info.get("sockmap.map_id"),
    }),
  },
  kprobe_multi: {
    target: (info) => ({
      kind: "kprobe_multi",
      count: info.get("kprobe_multi.count"),
      flags: info.get("kprobe_multi.flags"),
      missed: info.wide("kprobe_multi.missed"),
    }),
  },
  uprobe_multi: {
    text: ["uprobe_multi.path", "uprobe_multi.path_size"],
    target: (info, name) => ({
      kind: "uprobe_multi",
      name,
      count: info.get("uprobe_multi.count"),
      flags: info.get("uprobe_multi.flags"),
      pid: info.get("uprobe_multi.pid"),
    }),
  },
};

/** Room for a name or a path (PATH_MAX). */
const textBytes = 4096;

function rowOf(info: Block, type: string): LinkRow | undefined {
  if (type === "perf_event") return perfRows[info.get("perf_event.type")];
  return Object.hasOwn(rows, type) ? rows[type] : undefined;
}

function targetOf(sys: Sys, fd: number, first: Block, type: string): LinkTarget {
  const row = rowOf(first, type);
  if (!row) return { kind: "other" };
  if (!row.text) return row.target(first, "");
  const [pointer, size] = row.text;
  const room = sys.allocate(textBytes);
  const second = readInfo(sys, fd, objectLayouts.link, (info) => info.set(pointer, room).set(size, textBytes));
  // ENOSPC: the text is there as far as it fits.
  return typeof second === "number" ? row.target(first, textOf(room)) : row.target(second, textOf(room));
}

/** Facts about the link behind a descriptor, or a negative errno. */
export function readLink(sys: Sys, fd: number): KernelLinkInfo | number {
  const info = readInfo(sys, fd, objectLayouts.link);
  if (typeof info === "number") return info;
  const typeNumber = info.get("type");
  const type = linkTypeNameOf(typeNumber);
  return {
    id: info.get("id"),
    type,
    typeNumber,
    programId: info.get("prog_id"),
    target: targetOf(sys, fd, info, type),
  };
}
