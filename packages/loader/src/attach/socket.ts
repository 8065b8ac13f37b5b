// Socket filters on a real socket (SO_ATTACH_BPF, man 7 socket; sk_attach_bpf in net/core/filter.c), or on a packet socket
// of our own that sees what passes an interface. A filter on a socket stays until it is taken off or the socket closes; the
// descriptor's number may then belong to another socket, so before it is taken off the socket must still be the same one.
import { fstatSync } from "node:fs";
import { DiagnosticError, type DiagnosticRow, diagnostic } from "@typebpf/abi";
import type { BackendLink, SocketAttachOptions, SocketLike } from "../backend.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnoName, errnos } from "../kernel/errno.ts";
import { Fd } from "../kernel/fd.ts";
import type { NetworkInterface } from "../kernel/netlink.ts";
import { u32Bytes } from "../kernel/netlink-message.ts";
import { descriptorOf } from "../kernel/socket-descriptor.ts";
import type { Sys } from "../kernel/sys.ts";
import { findInterface } from "./interface.ts";
import { checkInterface, checkNames, refuseOption } from "./options.ts";
import type { Attachable } from "./registry.ts";

const AF_PACKET = 17;
const SOCK_RAW_CLOEXEC = 3 | 0x80000;
const ETH_P_ALL = 3;
const SOL_SOCKET = 1;
const socketOptions = { RCVBUF: 8, GET_FILTER: 26, DETACH_FILTER: 27, ATTACH_BPF: 50 };
const SOL_PACKET = 263;
const packetOptions = { STATISTICS: 6, IGNORE_OUTGOING: 23 };

function refuse(row: DiagnosticRow, message: string, status: number): never {
  const notes = [`the kernel answers ${errnoName(-status)}`];
  throw new DiagnosticError([diagnostic(row, { message, notes })]);
}

/** Which file an open descriptor is of; undefined when it is not open. */
function identityOf(fd: number): string | undefined {
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** Puts the filter on the socket. @throws DiagnosticError when it has one, or is none. */
function attachFilter(program: Attachable, fd: number, where: string): void {
  const { sys } = program;
  // Gives the length of a classic filter, EACCES for an eBPF one.
  const present = sys.getsockopt(fd, SOL_SOCKET, socketOptions.GET_FILTER, new Uint8Array(0));
  if (present === -errnos.EBADF || present === -errnos.ENOTSOCK)
    refuse(kernelDiagnostics.notSocket, `there is no open socket behind ${where}`, present);
  if (present > 0 || present === -errnos.EACCES) {
    throw new DiagnosticError([
      diagnostic(kernelDiagnostics.busy, {
        message: `${where} already has a filter`,
        help: "detach the other filter first: a socket has one at a time",
      }),
    ]);
  }
  const status = sys.setsockopt(fd, SOL_SOCKET, socketOptions.ATTACH_BPF, u32Bytes(program.fd));
  if (status < 0)
    refuse(kernelDiagnostics.attachRefused, `the kernel refuses to attach "${program.name}" to ${where}`, status);
}

/** A filter on somebody else's socket. */
class SocketLink implements BackendLink {
  readonly id = 0;
  readonly description: string;
  readonly #sys: Sys;
  readonly #fd: number;
  readonly #identity: string | undefined;
  #attached = true;

  constructor(program: Attachable, fd: number) {
    this.#sys = program.sys;
    this.#fd = fd;
    this.#identity = identityOf(fd);
    this.description = `socket filter on descriptor ${fd}`;
    attachFilter(program, fd, `descriptor ${fd}`);
  }

  detach(): void {
    if (!this.#attached) return;
    this.#attached = false;
    if (this.#identity === undefined || identityOf(this.#fd) !== this.#identity) return;
    this.#sys.setsockopt(this.#fd, SOL_SOCKET, socketOptions.DETACH_FILTER, u32Bytes(0));
  }

  [Symbol.dispose](): void {
    this.detach();
  }
}

function linkAddress(ifindex: number): Uint8Array {
  const address = new Uint8Array(20);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, ETH_P_ALL);
  view.setInt32(4, ifindex, true);
  return address;
}

/** A packet socket of our own: nobody reads it, the kernel counts what the filter lets pass. */
class InterfaceLink implements BackendLink {
  readonly id = 0;
  readonly description: string;
  readonly #sys: Sys;
  readonly #fd: Fd;

  constructor(program: Attachable, device: NetworkInterface) {
    const { sys } = program;
    const status = sys.socket(AF_PACKET, SOCK_RAW_CLOEXEC, 0);
    if (status === -errnos.EPERM)
      refuse(
        kernelDiagnostics.privilege,
        "the kernel does not let this process open a packet socket (CAP_NET_RAW)",
        status,
      );
    if (status < 0) refuse(kernelDiagnostics.attachRefused, "the kernel gives no packet socket", status);
    this.#sys = sys;
    this.#fd = new Fd(sys, status, `packet socket on ${device.name}`);
    this.description = `socket filter on a packet socket on ${device.name}`;
    try {
      // What is not read is dropped soon, after it was counted. On loopback every packet would come twice.
      sys.setsockopt(status, SOL_SOCKET, socketOptions.RCVBUF, u32Bytes(0));
      if (device.loopback) sys.setsockopt(status, SOL_PACKET, packetOptions.IGNORE_OUTGOING, u32Bytes(1));
      attachFilter(program, status, `a packet socket on ${device.name}`);
      const bound = sys.bind(status, linkAddress(device.index));
      if (bound < 0)
        refuse(kernelDiagnostics.attachRefused, `the kernel refuses a packet socket on ${device.name}`, bound);
    } catch (error) {
      this.#fd[Symbol.dispose]();
      throw error;
    }
  }

  passed(): number {
    // `struct tpacket_stats`: packets (those that were dropped for want of room among them), drops. Reading resets them.
    const statistics = new Uint8Array(8);
    this.#sys.getsockopt(this.#fd.number, SOL_PACKET, packetOptions.STATISTICS, statistics);
    return new DataView(statistics.buffer).getUint32(0, true);
  }

  detach(): void {
    this.#fd[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.detach();
  }
}

/** Attaches a socket filter. @throws DiagnosticError with what to do. */
export function attachSocket(program: Attachable, options: SocketAttachOptions): BackendLink {
  checkNames("socket filter", options, ["socket", "interface"]);
  const given: { readonly socket?: SocketLike; readonly interface?: string | number } = options;
  if ((given.socket === undefined) === (given.interface === undefined)) {
    refuseOption("a socket filter is attached to a socket or to an interface", "give { socket } or { interface }");
  }
  if (given.socket === undefined) {
    return new InterfaceLink(program, findInterface(program.sys, checkInterface(given.interface)));
  }
  if (
    typeof given.socket === "number" &&
    !(Number.isInteger(given.socket) && given.socket >= 0 && given.socket <= 0x7fff_ffff)
  ) {
    refuseOption(`a descriptor is a whole number from 0, not ${given.socket}`);
  }
  return new SocketLink(program, descriptorOf(given.socket));
}
