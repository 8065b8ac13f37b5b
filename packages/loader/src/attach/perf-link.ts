// Programs on perf events (man 2 perf_event_open; kernel/bpf/syscall.c, bpf_perf_link_attach): the event is opened, and the
// program attached to it by a BPF link, or before Linux 5.15 by the request SET_BPF. Both are descriptors, which the kernel
// closes when the process ends, in whichever way: then the program is detached.
import { type Diagnostic, DiagnosticError, diagnostic, uapi } from "@typebpf/abi";
import type { BackendLink } from "../backend.ts";
import { Attr, attrLayouts } from "../kernel/attr.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnoName, errnos } from "../kernel/errno.ts";
import { Fd } from "../kernel/fd.ts";
import { linkInfo } from "../kernel/info.ts";
import type { Memory, Sys } from "../kernel/sys.ts";
import { tracingDiagnostics } from "../kernel/tracing-diagnostics.ts";
import type { Attachable } from "./registry.ts";

/** `struct perf_event_attr` up to `config2` (its version 1). */
const attrBytes = 72;
const flagBits = { disabled: 1n, frequency: 1n << 10n };
const PERF_FLAG_FD_CLOEXEC = 8;
const requests = { ENABLE: 0x2400, SET_BPF: 0x4004_2408 };

/** An event to open. */
export interface PerfRequest {
  readonly type: number;
  readonly config: bigint;
  /** A period, or with `isFrequency` samples per second. */
  readonly period?: number;
  readonly isFrequency?: boolean;
  /** `kprobe_func`, `uprobe_path`: the address of a text. */
  readonly text?: Memory;
  /** `probe_offset`, `kprobe_addr`. */
  readonly offset?: bigint;
  readonly pid: number;
  readonly cpu: number;
}

/** A text that ends with zero, in memory that the kernel can read. */
export function textMemory(sys: Sys, text: string): Memory {
  const bytes = new TextEncoder().encode(text);
  const memory = sys.allocate(bytes.length + 1);
  memory.bytes.set(bytes);
  return memory;
}

/** Opens an event that does not count yet: a descriptor or a negative errno. */
export function openPerfEvent(sys: Sys, request: PerfRequest): number {
  const attr = new Uint8Array(attrBytes);
  const view = new DataView(attr.buffer);
  view.setUint32(0, request.type, true);
  view.setUint32(4, attrBytes, true);
  view.setBigUint64(8, request.config, true);
  view.setBigUint64(16, BigInt(request.period ?? 0), true);
  view.setBigUint64(40, flagBits.disabled | (request.isFrequency ? flagBits.frequency : 0n), true);
  view.setBigUint64(56, request.text?.address ?? 0n, true);
  view.setBigUint64(64, request.offset ?? 0n, true);
  const status = sys.perfEventOpen(attr, request.pid, request.cpu, -1, PERF_FLAG_FD_CLOEXEC);
  // The text is read after the call, so that its memory is alive throughout.
  return request.text?.bytes.length === 0 ? -errnos.EINVAL : status;
}

/** Attached by descriptors. */
export class PerfLink implements BackendLink {
  readonly id: number;
  readonly description: string;
  readonly warnings: readonly Diagnostic[];
  readonly #open: readonly Fd[];

  constructor(open: readonly Fd[], id: number, description: string, warnings: readonly Diagnostic[] = []) {
    this.#open = open;
    this.id = id;
    this.description = description;
    this.warnings = warnings;
  }

  /** Events do not go away. */
  attached(): boolean {
    return this.#open.some((fd) => !fd.closed);
  }

  /** Detaches; the second time does nothing. */
  detach(): void {
    for (const fd of this.#open) fd[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.detach();
  }
}

/** Why an event cannot be opened; what an error number means beside, the caller says. */
export function perfRefusal(
  where: string,
  status: number,
  others: ReadonlyMap<number, Diagnostic> = new Map(),
): DiagnosticError {
  const notes = [`${where}: the kernel answers ${errnoName(-status)}`];
  const found = others.get(-status);
  if (found) return new DiagnosticError([{ ...found, notes: [...found.notes, ...notes] }]);
  if (status === -errnos.EPERM || status === -errnos.EACCES)
    return new DiagnosticError([diagnostic(tracingDiagnostics.perfDenied, { notes })]);
  const message = `the kernel refuses ${where}`;
  const help = status === -errnos.ESRCH ? "there is no such process" : "see the note for what the kernel reported";
  return new DiagnosticError([diagnostic(kernelDiagnostics.attachRefused, { message, notes, help })]);
}

function attachOne(program: Attachable, event: number, cookie: bigint, where: string): Fd | undefined {
  const { sys, fd } = program;
  const attr = new Attr(sys, attrLayouts.linkCreate);
  attr.set("prog_fd", fd).set("target_ifindex", event).set("attach_type", uapi.attachType.PERF_EVENT);
  attr.set("perf_event.bpf_cookie", cookie);
  const link = attr.call(uapi.command.LINK_CREATE);
  if (link >= 0) return new Fd(sys, link, `link of "${program.name}", ${where}`);
  // Kernels before 5.15 know no such links; they have no cookies either.
  const status = link === -errnos.EINVAL && cookie === 0n ? sys.ioctl(event, requests.SET_BPF, fd) : link;
  if (status < 0) throw perfRefusal(`attaching "${program.name}" to ${where}`, status);
  return undefined;
}

/** Attaches a program to events that were opened, and lets them count. Takes the descriptors over. @throws DiagnosticError */
export function attachToEvents(
  program: Attachable,
  events: readonly number[],
  where: string,
  {
    cookie = 0n,
    warnings = [],
  }: { readonly cookie?: bigint | undefined; readonly warnings?: readonly Diagnostic[] } = {},
): BackendLink {
  const { sys } = program;
  const open: Fd[] = events.map((event) => new Fd(sys, event, `event of "${program.name}", ${where}`));
  let id = 0;
  try {
    for (const event of events) {
      const link = attachOne(program, event, cookie, where);
      if (link) {
        // The link goes first, then its event.
        open.unshift(link);
        id = linkInfo(sys, link.number)?.id ?? 0;
      }
      const enabled = sys.ioctl(event, requests.ENABLE, 0);
      if (enabled < 0) throw perfRefusal(`enabling ${where}`, enabled);
    }
  } catch (error) {
    for (const fd of open) fd[Symbol.dispose]();
    throw error;
  }
  return new PerfLink(open, id, where, warnings);
}

/** Opens one event and attaches. @throws DiagnosticError */
export function attachToEvent(
  program: Attachable,
  request: PerfRequest,
  where: string,
  options: {
    readonly cookie?: bigint | undefined;
    readonly warnings?: readonly Diagnostic[];
    readonly refusals?: ReadonlyMap<number, Diagnostic>;
  } = {},
): BackendLink {
  const event = openPerfEvent(program.sys, request);
  if (event < 0) throw perfRefusal(`opening ${where}`, event, options.refusals);
  return attachToEvents(program, [event], where, options);
}
