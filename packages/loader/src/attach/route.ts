// Programs of routes (lwt_in, lwt_out, lwt_xmit: net/core/lwt_bpf.c): a route of its own, or one in the place of another,
// that has the program as its encapsulation. It belongs to the network namespace and outlives a process that is killed; its
// program has the name `typebpf:PROGRAM`, and as with clsact the next attach to the route takes its place.
import { type Diagnostic, DiagnosticError, diagnostic } from "@typebpf/abi";
import type { BackendLink } from "../backend.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnoName, errnos } from "../kernel/errno.ts";
import type { Fd } from "../kernel/fd.ts";
import { Netlink, type Reply } from "../kernel/netlink.ts";
import {
  addRoute,
  deleteRoute,
  listRoutes,
  type Route,
  type RouteHook,
  type RouteRequest,
  restoreRoute,
} from "../kernel/netlink-route.ts";
import { AF_INET, AF_INET6, ipBytes } from "../kernel/socket-address.ts";
import type { RouteAttachOptions } from "../network-options.ts";
import { filterName } from "./clsact.ts";
import { findInterface } from "./interface.ts";
import { checkInterface, checkNames, checkNumber, checkWord, refuseOption } from "./options.ts";
import type { Attachable } from "./registry.ts";
import { isAbandoned, takeSign } from "./sign-of-life.ts";

const hooks: Readonly<Record<string, RouteHook>> = { lwt_in: "in", lwt_out: "out", lwt_xmit: "xmit" };
const mainTable = 254;
const localTable = 255;

/** Address and length of a prefix: "10.0.0.0/24". */
function prefixOf(text: unknown): { readonly to: Uint8Array; readonly bits: number } {
  if (typeof text !== "string") return refuseOption("the destination is missing", 'give to: "10.0.0.0/24"');
  const [address = "", length] = text.split("/");
  const to = ipBytes(address);
  const most = to.length * 8;
  const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (bits < 0 || bits > most) return refuseOption(`${text} has no length from 0 to ${most} behind its slash`);
  const host = to.some((byte, at) => (byte & (0xff >> Math.min(8, Math.max(0, bits - at * 8)))) !== 0);
  return host ? refuseOption(`${text} has bits behind its first ${bits}`, "set them to zero") : { to, bits };
}

function requestOf(program: Attachable, options: RouteAttachOptions): RouteRequest {
  checkNames(program.type, options, ["to", "interface", "via", "type", "table", "replace"]);
  const { to, bits } = prefixOf(options.to);
  const type = checkWord("type", options.type, ["unicast", "local"]) ?? "unicast";
  const table = checkNumber("table", options.table, 1, 0xffff_ffff) ?? (type === "local" ? localTable : mainTable);
  const via = options.via === undefined ? undefined : ipBytes(options.via);
  if (via && via.length !== to.length) refuseOption("to and via are addresses of one family");
  const hook = hooks[program.type] ?? "out";
  return {
    to,
    bits,
    table,
    type,
    ifindex: findInterface(program.sys, checkInterface(options.interface)).index,
    ...(via && { via }),
    program: { hook, fd: program.fd, name: filterName(program.name) },
  };
}

function familyOf({ to }: RouteRequest): number {
  return to.length === 4 ? AF_INET : AF_INET6;
}

function isAt(route: Route, wanted: RouteRequest): boolean {
  const { table, type, bits, to } = wanted;
  return (
    route.table === table && route.type === type && route.bits === bits && to.every((byte, at) => route.to[at] === byte)
  );
}

function refuse(program: Attachable, where: string, { errno, text }: Reply): never {
  const notes = [`the kernel answers ${text ? `${text} (${errnoName(errno)})` : errnoName(errno)}`];
  const row = errno === errnos.EPERM ? kernelDiagnostics.privilege : kernelDiagnostics.attachRefused;
  const help = "check the interface and the next hop; the kernel needs CONFIG_LWTUNNEL_BPF";
  const message = `the kernel refuses to attach "${program.name}" to ${where}`;
  throw new DiagnosticError([diagnostic(row, { message, notes, ...(errno !== errnos.EPERM && { help }) })]);
}

/** What a link needs to take itself away. */
interface Attached {
  readonly netlink: Netlink;
  readonly sign: Fd;
  readonly route: RouteRequest;
  /** Puts back what was there before. */
  readonly restore: () => Reply;
}

/** A route with a program. Removing it is up to us; the netlink socket stays with the namespace in which it was made. */
class RouteLink implements BackendLink {
  readonly id = 0;
  readonly description: string;
  readonly warnings: readonly Diagnostic[];
  #attached: Attached | undefined;

  constructor(attached: Attached, description: string, warnings: readonly Diagnostic[]) {
    this.#attached = attached;
    this.description = description;
    this.warnings = warnings;
  }

  /** Whether the route is there with its program. */
  attached(): boolean {
    if (!this.#attached) return false;
    const { netlink, route } = this.#attached;
    return listRoutes(netlink, familyOf(route)).some((one) => isAt(one, route) && one.program === route.program?.name);
  }

  detach(): void {
    if (!this.#attached) return;
    const { netlink, sign, restore } = this.#attached;
    // The route may have gone with its interface, or another one may have its place.
    if (this.attached()) {
      const { errno } = restore();
      if (errno !== 0 && this.attached()) {
        const message = `the kernel refuses to detach ${this.description}: ${errnoName(errno)}`;
        throw new DiagnosticError([diagnostic(kernelDiagnostics.netlink, { message })]);
      }
    }
    this.#attached = undefined;
    sign[Symbol.dispose]();
    netlink[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.detach();
  }
}

function refuseBusy(where: string, present: Route | undefined): never {
  const message = present?.program ? `${where} has the program ${present.program}` : `there is ${where} already`;
  const help = present?.program
    ? "detach the other program first: a route has one"
    : "give replace: true, and it comes back when the program is detached";
  throw new DiagnosticError([diagnostic(kernelDiagnostics.busy, { message, help })]);
}

/** What becomes of the route that is there: whether it is stale, and what is put back. */
function take(
  program: Attachable,
  present: Route | undefined,
  options: RouteAttachOptions,
  where: string,
  place: string,
) {
  if (!present) return { stale: false, former: undefined };
  const ours = present.program.startsWith("typebpf:");
  const stale = ours && isAbandoned(program.sys, place);
  if (ours ? !stale : options.replace !== true || present.program !== "") refuseBusy(where, present);
  return { stale, former: stale ? undefined : present };
}

/** Attaches to a route. @throws DiagnosticError with what to do */
export function attachRoute(program: Attachable, options: RouteAttachOptions): BackendLink {
  const route = requestOf(program, options);
  const { sys } = program;
  const where = `the route to ${options.to}${options.table === undefined ? "" : ` of table ${options.table}`}`;
  const place = `route/${route.table}/${route.type}/${options.to}`;
  const netlink = new Netlink(sys);
  try {
    const present = listRoutes(netlink, familyOf(route)).find((one) => isAt(one, route));
    const { stale, former } = take(program, present, options, where, place);
    const sign = takeSign(sys, place);
    if (!sign) refuseBusy(where, present);
    const reply = addRoute(netlink, route, present !== undefined);
    if (reply.errno !== 0) {
      sign[Symbol.dispose]();
      refuse(program, where, reply);
    }
    const message = `${where} still had the program ${present?.program} of an earlier run, which was replaced`;
    const warnings = stale ? [diagnostic(kernelDiagnostics.staleFilter, { message })] : [];
    const restore = (): Reply => {
      if (former) return restoreRoute(netlink, former);
      // What an earlier run had replaced is not known any more: a local route comes back without a program.
      const { program: _, ...plain } = route;
      return stale && route.type === "local" ? addRoute(netlink, plain, true) : deleteRoute(netlink, route);
    };
    return new RouteLink({ netlink, sign, route, restore }, `${program.type} on ${where}`, warnings);
  } catch (error) {
    netlink[Symbol.dispose]();
    throw error;
  }
}
