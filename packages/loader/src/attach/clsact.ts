// tc programs as cls_bpf filters on the clsact qdisc, for kernels without tcx or when asked for. A filter belongs to the
// interface and outlives a process that is killed; it has the name `typebpf:PROGRAM`. While its owner lives, a socket with
// a name in the network namespace (man 7 unix, abstract names) says so: it ends with the owner however that ends, so a
// filter of ours without one is stale, and the next attach of the program takes its place.
import { type Diagnostic, DiagnosticError, diagnostic } from "@typebpf/abi";
import type { BackendLink, TcAttachOptions } from "../backend.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnoName, errnos } from "../kernel/errno.ts";
import type { Fd } from "../kernel/fd.ts";
import { programInfo } from "../kernel/info.ts";
import { Netlink, type NetworkInterface, type Reply } from "../kernel/netlink.ts";
import {
  addBpfFilter,
  addClsact,
  deleteClsact,
  deleteFilter,
  listFilters,
  type TcDirection,
  type TcFilter,
  type TcFilterPlace,
  type TcForm,
  type TcProgram,
} from "../kernel/netlink-tc.ts";
import type { Sys } from "../kernel/sys.ts";
import type { Attachable } from "./registry.ts";
import { isAbandoned, takeSign } from "./sign-of-life.ts";

const directions: readonly TcDirection[] = ["ingress", "egress"];
/** The longest name that cls_bpf keeps, without its zero. */
const nameLength = 255;

/** The name of a program's filters; `tc filter show` prints it. */
export function filterName(program: string): string {
  const bytes = new TextEncoder().encode(`typebpf:${program}`).subarray(0, nameLength);
  return new TextDecoder("utf-8", { fatal: false }).decode(bytes).replace(/\ufffd+$/u, "");
}

function placeOf(filter: { ifindex: number; direction: TcDirection; programId: number }): string {
  return `clsact/${filter.ifindex}/${filter.direction}/${filter.programId}`;
}

/** Filters of the program on the interface, in both directions, whose process has ended. */
export function staleFilters(sys: Sys, netlink: Netlink, ifindex: number, program: string): readonly TcFilter[] {
  const name = filterName(program);
  return directions
    .flatMap((direction) => listFilters(netlink, ifindex, direction))
    .filter((filter) => filter.name === name && isAbandoned(sys, placeOf(filter)));
}

/** What the user is told of a filter that was in the way. */
export function staleWarning(device: NetworkInterface, filter: TcFilter): Diagnostic {
  const where = `tc ${filter.direction} on ${device.name} (priority ${filter.priority}, handle ${filter.handle})`;
  return diagnostic(kernelDiagnostics.staleFilter, {
    message: `the filter ${filter.name} that an earlier run left behind at ${where} was replaced`,
    notes: [`it ran program ${filter.programId}`],
  });
}

/** Removes a stale filter; one that has gone meanwhile is fine. */
export function removeStale(netlink: Netlink, filter: TcFilter): void {
  deleteFilter(netlink, filter);
}

function samePlace(a: TcFilterPlace, b: TcFilterPlace): boolean {
  return a.direction === b.direction && a.priority === b.priority && a.handle === b.handle;
}

function refuse(program: Attachable, where: string, { errno, text }: Reply): never {
  const notes = [`the kernel answers ${text ? `${text} (${errnoName(errno)})` : errnoName(errno)}`];
  if (errno === errnos.EPERM) {
    const message = "the kernel does not let this process attach tc programs";
    throw new DiagnosticError([diagnostic(kernelDiagnostics.privilege, { message, notes })]);
  }
  const message = `the kernel refuses to attach "${program.name}" to ${where}`;
  throw new DiagnosticError([diagnostic(kernelDiagnostics.attachRefused, { message, notes })]);
}

function refuseBusy(program: Attachable, where: string, device: NetworkInterface, holder: TcFilter | undefined): never {
  const message = holder
    ? `another filter is at ${where}: ${holder.name || holder.kind}, program ${holder.programId}`
    : `"${program.name}" is already attached to ${where}`;
  const help = holder
    ? `choose another priority, leave the handle out, or run: tc filter del dev ${device.name} ${holder.direction} prio ${holder.priority} handle ${holder.handle} ${holder.kind}`
    : "attach it once for each direction";
  throw new DiagnosticError([diagnostic(kernelDiagnostics.busy, { message, help })]);
}

/** What a link needs to take itself away. */
interface Attached {
  readonly netlink: Netlink;
  readonly sign: Fd;
  readonly filter: TcFilter;
  /** Made for this filter, so removed with it when nothing else is on it. */
  readonly madeQdisc: boolean;
}

/** A filter on clsact. Removing it is up to us; the netlink socket stays with the namespace in which it was attached. */
class ClsactLink implements BackendLink {
  readonly id = 0;
  readonly description: string;
  readonly warnings: readonly Diagnostic[];
  #attached: Attached | undefined;

  constructor(attached: Attached, description: string, warnings: readonly Diagnostic[]) {
    this.#attached = attached;
    this.description = description;
    this.warnings = warnings;
  }

  /** Whether the filter is where it was put. */
  attached(): boolean {
    if (!this.#attached) return false;
    const { netlink, filter } = this.#attached;
    const ours = (one: TcFilter): boolean => samePlace(one, filter) && one.programId === filter.programId;
    return listFilters(netlink, filter.ifindex, filter.direction).some(ours);
  }

  detach(): void {
    if (!this.#attached) return;
    const { netlink, sign, filter, madeQdisc } = this.#attached;
    const { ifindex } = filter;
    const present = (): boolean => this.attached();
    // The interface, the qdisc or the filter may have gone, or another filter may have its place.
    if (present()) {
      const { errno } = deleteFilter(netlink, filter);
      if (errno !== 0 && present()) {
        const message = `the kernel refuses to detach ${this.description}: ${errnoName(errno)}`;
        throw new DiagnosticError([diagnostic(kernelDiagnostics.netlink, { message })]);
      }
    }
    if (madeQdisc && directions.every((direction) => listFilters(netlink, ifindex, direction).length === 0)) {
      deleteClsact(netlink, ifindex);
    }
    this.#attached = undefined;
    sign[Symbol.dispose]();
    netlink[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.detach();
  }
}

/** Adds the filter, and finds where the kernel has put it. */
function addFilter(
  program: Attachable,
  device: NetworkInterface,
  netlink: Netlink,
  place: TcFilterPlace,
  how: Pick<TcProgram, "form" | "replace">,
): TcFilter {
  const where = `tc ${place.direction} on ${device.name}`;
  const before = listFilters(netlink, place.ifindex, place.direction);
  const reply = addBpfFilter(netlink, place, { fd: program.fd, name: filterName(program.name), ...how });
  if (reply.errno === errnos.EEXIST && place.handle !== 0) {
    const holder = before.find((one) => samePlace(one, place));
    if (holder) refuseBusy(program, where, device, holder);
  }
  if (reply.errno !== 0) refuse(program, where, reply);
  const id = programInfo(program.sys, program.fd)?.id;
  const added = listFilters(netlink, place.ifindex, place.direction).find((one) => one.programId === id);
  return (
    added ?? refuse(program, where, { errno: errnos.ENOENT, text: "somebody has removed the filter", messages: [] })
  );
}

/** Attaches as a filter; stale ones of the same program make room. @throws DiagnosticError with what to do. */
export function attachClsact(
  program: Attachable,
  device: NetworkInterface,
  options: TcAttachOptions,
  form: TcForm = "direct",
): BackendLink {
  const { sys } = program;
  const { direction } = options;
  const ifindex = device.index;
  const where = `tc ${direction} on ${device.name}`;
  const sign = takeSign(sys, placeOf({ ifindex, direction, programId: programInfo(sys, program.fd)?.id ?? 0 }));
  if (!sign) refuseBusy(program, where, device, undefined);
  const netlink = new Netlink(sys);
  let madeQdisc = false;
  try {
    const stale = staleFilters(sys, netlink, ifindex, program.name).filter((one) => one.programId !== 0);
    const same = stale.find((one) => one.direction === direction);
    const made = addClsact(netlink, ifindex);
    madeQdisc = made.errno === 0;
    if (!madeQdisc && made.errno !== errnos.EEXIST) refuse(program, where, made);
    const { priority = same?.priority ?? 0, handle = (options.priority === undefined && same?.handle) || 0 } = options;
    const place = { ifindex, direction, priority, handle };
    const replaced = stale.find((one) => samePlace(one, place));
    const filter = addFilter(program, device, netlink, place, { form, replace: replaced !== undefined });
    for (const one of stale) if (one !== replaced) removeStale(netlink, one);
    const description = `${where} (clsact, priority ${filter.priority}, handle ${filter.handle})`;
    const warnings = stale.map((one) => staleWarning(device, one));
    return new ClsactLink({ netlink, sign, filter, madeQdisc }, description, warnings);
  } catch (error) {
    if (madeQdisc) deleteClsact(netlink, ifindex);
    sign[Symbol.dispose]();
    netlink[Symbol.dispose]();
    throw error;
  }
}
