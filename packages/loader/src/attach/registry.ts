// How each type of program is attached in the kernel, one row per type. A new attach kind is a file and a row.
import type { ProgramTypeName } from "@typebpf/abi";
import type { AttachOptions, BackendLink } from "../backend.ts";
import type { Sys } from "../kernel/sys.ts";
import { attachSocket, socketAttachType } from "./socket.ts";
import { attachTc, tcAttachType } from "./tc.ts";
import { attachXdp, xdpAttachType } from "./xdp.ts";

/** A loaded program, for whoever attaches it. */
export interface Attachable {
  readonly sys: Sys;
  readonly fd: number;
  /** Whole name, for messages. */
  readonly name: string;
}

/** One way to attach a program. */
export interface AttachKind {
  /** `expected_attach_type` of BPF_PROG_LOAD. */
  readonly expectedAttachType: number;
  /** @throws DiagnosticError with what to do. */
  attach(program: Attachable, options: AttachOptions): BackendLink;
}

/** Every attach kind, by program type. */
export const attachKinds = {
  xdp: { expectedAttachType: xdpAttachType, attach: attachXdp },
  sched_cls: { expectedAttachType: tcAttachType, attach: attachTc },
  socket_filter: { expectedAttachType: socketAttachType, attach: attachSocket },
} as const satisfies { readonly [K in ProgramTypeName]: AttachKind };
