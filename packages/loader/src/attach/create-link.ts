// BPF_LINK_CREATE for whatever takes an attach type and a target: a network namespace, a map of sockets, a hook. A refusal
// is a diagnostic; what an error number means at the place, the caller says.
import { type Diagnostic, DiagnosticError, type DiagnosticRow, diagnostic, uapi } from "@typebpf/abi";
import type { BackendLink } from "../backend.ts";
import { Attr, attrLayouts } from "../kernel/attr.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnoName, errnos } from "../kernel/errno.ts";
import { Fd } from "../kernel/fd.ts";
import { linkInfo } from "../kernel/info.ts";
import { expectedAttachType } from "./attach-type.ts";
import { KernelLink } from "./kernel-link.ts";
import type { Attachable } from "./registry.ts";

/** What an error number means at a place. */
export interface Refusal {
  readonly row: DiagnosticRow;
  readonly message: string;
  readonly help?: string;
}

/** What a link is made of. */
export interface LinkRequest {
  /** Descriptor or index of what the program is attached to. */
  readonly target: number;
  /** For people: "network namespace 4026531840". */
  readonly where: string;
  /** Writes what this kind of link has beside. */
  readonly fill?: (attr: Attr<typeof attrLayouts.linkCreate>) => void;
  /** By error number. */
  readonly refusals?: ReadonlyMap<number, Refusal>;
}

/** Says why the kernel refuses an attachment. */
export function refusalOf(
  program: Attachable,
  { where, refusals }: Pick<LinkRequest, "where" | "refusals">,
  status: number,
): Diagnostic {
  const notes = [`attaching "${program.name}" to ${where}: the kernel answers ${errnoName(-status)}`];
  const found = refusals?.get(-status);
  if (found) {
    const { row, message, help } = found;
    return diagnostic(row, { message, notes, ...(help !== undefined && { help }) });
  }
  const message =
    status === -errnos.EPERM
      ? `the kernel does not let this process attach programs to ${where}`
      : `the kernel refuses to attach "${program.name}" to ${where}`;
  return diagnostic(status === -errnos.EPERM ? kernelDiagnostics.privilege : kernelDiagnostics.attachRefused, {
    message,
    notes,
  });
}

/** The kernel's answer: a descriptor, or a negative errno. */
export function requestLink(program: Attachable, { target, fill }: LinkRequest): number {
  const attr = new Attr(program.sys, attrLayouts.linkCreate);
  attr.set("prog_fd", program.fd).set("target_ifindex", target).set("attach_type", expectedAttachType(program.section));
  fill?.(attr);
  return attr.call(uapi.command.LINK_CREATE);
}

/** The link behind a descriptor that `requestLink` gave. */
export function linkOf(program: Attachable, status: number, where: string): BackendLink {
  const { sys } = program;
  const fd = new Fd(sys, status, `link of "${program.name}", ${where}`);
  return new KernelLink(sys, fd, linkInfo(sys, status)?.id ?? 0, where);
}

/** Attaches by link. @throws DiagnosticError with what to do */
export function createLink(program: Attachable, request: LinkRequest): BackendLink {
  const status = requestLink(program, request);
  if (status < 0) throw new DiagnosticError([refusalOf(program, request, status)]);
  return linkOf(program, status, request.where);
}
