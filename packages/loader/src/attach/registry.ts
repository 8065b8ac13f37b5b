// How each type of program is attached in the kernel, one row per type. A new attach kind is a file and a row.
import { DiagnosticError, diagnostic, type ProgramSection, type ProgramTypeName, uapi } from "@typebpf/abi";
import type { AttachOptions, BackendLink } from "../backend.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import type { Sys } from "../kernel/sys.ts";
import { attachSocket } from "./socket.ts";
import { attachTc } from "./tc.ts";
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
};

/** Attaches a program. @throws DiagnosticError with what to do */
export function attach(program: Attachable, options: AttachOptions): BackendLink {
  const kind = attachKinds[program.type];
  if (kind) return kind.attach(program, options);
  const message = `"${program.name}" is of type ${program.type}, which is attached by nothing here`;
  throw new DiagnosticError([diagnostic(kernelDiagnostics.attachRefused, { message })]);
}

/** `expected_attach_type` of BPF_PROG_LOAD. */
export function expectedAttachType({ attach: name }: ProgramSection): number {
  const types: Readonly<Record<string, number>> = uapi.attachType;
  return name === undefined ? 0 : (types[name] ?? 0);
}
