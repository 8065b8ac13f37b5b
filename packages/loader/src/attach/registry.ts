// How each type of program is attached in the kernel, one row per type. A new attach kind is a file and a row.
import { DiagnosticError, diagnostic, type ProgramSection, type ProgramTypeName } from "@typebpf/abi";
import type { AttachOptions, BackendLink } from "../backend.ts";
import type { KernelTypes } from "../kernel/attach-target.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import type { Sys } from "../kernel/sys.ts";
import { attachAction } from "./action.ts";
import { attachCgroup } from "./cgroup.ts";
import { attachNamespace } from "./namespace.ts";
import { attachNetfilter } from "./netfilter.ts";
import { attachPerfEvent } from "./perf-sample.ts";
import { attachReuseport } from "./reuseport.ts";
import { attachRoute } from "./route.ts";
import { attachSockMap } from "./sock-map.ts";
import { attachSocket } from "./socket.ts";
import { attachStructOps } from "./struct-ops.ts";
import { attachTc } from "./tc.ts";
import { attachRawTracepoint, attachTracepoint } from "./tracepoint.ts";
import { attachPlaced } from "./tracing.ts";
import { attachProbe } from "./tracing-kinds.ts";
import { attachXdp } from "./xdp.ts";

/** A loaded program, for whoever attaches it. */
export interface Attachable {
  readonly sys: Sys;
  readonly fd: number;
  /** Whole name, for messages. */
  readonly name: string;
  readonly type: ProgramTypeName;
  /** What the section says: attach type, target. */
  readonly section: ProgramSection;
  /** The descriptor of a map of the same object. */
  readonly mapFd?: (name: string) => number | undefined;
  /** All programs of the object, itself among them. */
  readonly siblings?: () => readonly Attachable[];
  /** Types of the running kernel. */
  readonly types?: KernelTypes;
  /** The BTF of the object, where the kernel took one. */
  readonly btfFd?: number;
}

/** One way to attach a program. */
export interface AttachKind {
  /** @throws DiagnosticError with what to do. */
  attach(program: Attachable, options: AttachOptions): BackendLink;
}

/** Every attach kind, by program type. */
const attachKinds: { readonly [K in ProgramTypeName]?: AttachKind } = {
  xdp: { attach: attachXdp },
  sched_cls: { attach: attachTc },
  socket_filter: { attach: attachSocket },
  sched_act: { attach: attachAction },
  lwt_in: { attach: attachRoute },
  lwt_out: { attach: attachRoute },
  lwt_xmit: { attach: attachRoute },
  sk_skb: { attach: attachSockMap },
  sk_msg: { attach: attachSockMap },
  sk_lookup: { attach: attachNamespace },
  flow_dissector: { attach: attachNamespace },
  sk_reuseport: { attach: attachReuseport },
  netfilter: { attach: attachNetfilter },
  tracing: { attach: attachPlaced },
  lsm: { attach: attachPlaced },
  ext: { attach: attachPlaced },
  struct_ops: { attach: attachStructOps },
  cgroup_skb: { attach: attachCgroup },
  cgroup_sock: { attach: attachCgroup },
  cgroup_sock_addr: { attach: attachCgroup },
  cgroup_device: { attach: attachCgroup },
  cgroup_sysctl: { attach: attachCgroup },
  cgroup_sockopt: { attach: attachCgroup },
  sock_ops: { attach: attachCgroup },
  kprobe: { attach: attachProbe },
  tracepoint: { attach: attachTracepoint },
  raw_tracepoint: { attach: attachRawTracepoint },
  raw_tracepoint_writable: { attach: attachRawTracepoint },
  perf_event: { attach: attachPerfEvent },
};

/** Why programs of some types are attached by nothing here. */
const notAttached: { readonly [K in ProgramTypeName]?: string } = {
  lwt_seg6local: "End.BPF needs a kernel with segment routing (CONFIG_IPV6_SEG6_BPF): attach it with ip -6 route",
  lirc_mode2: "programs of infrared receivers are attached to a device that no test machine has: use ir-keytable",
};

/** Attaches a program. @throws DiagnosticError with what to do */
export function attach(program: Attachable, options: AttachOptions): BackendLink {
  const kind = attachKinds[program.type];
  if (kind) return kind.attach(program, options);
  const why = notAttached[program.type];
  if (why !== undefined) {
    throw new DiagnosticError([diagnostic(kernelDiagnostics.attachRefused, { message: `"${program.name}": ${why}` })]);
  }
  const message = `"${program.name}" is of type ${program.type}, which is attached by nothing here`;
  throw new DiagnosticError([diagnostic(kernelDiagnostics.attachRefused, { message })]);
}
