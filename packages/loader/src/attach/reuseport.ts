// Programs that choose among the sockets of a port (SO_ATTACH_REUSEPORT_EBPF, man 7 socket; reuseport_attach_prog of
// net/core/sock_reuseport.c). The program is for the whole group, until it is taken off or the last socket closes.
import { fstatSync } from "node:fs";
import { DiagnosticError, diagnostic } from "@typebpf/abi";
import type { BackendLink } from "../backend.ts";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnos } from "../kernel/errno.ts";
import { u32Bytes } from "../kernel/netlink-message.ts";
import { descriptorOf } from "../kernel/socket-descriptor.ts";
import type { ReuseportAttachOptions } from "../network-options.ts";
import { type Refusal, refusalOf } from "./create-link.ts";
import { checkNames, checkNumber, refuseOption } from "./options.ts";
import type { Attachable } from "./registry.ts";

const SOL_SOCKET = 1;
const ATTACH = 52;
const DETACH = 68;

const refusals: ReadonlyMap<number, Refusal> = new Map([
  [errnos.EBADF, { row: kernelDiagnostics.notSocket, message: "there is no open socket behind the descriptor" }],
  [errnos.ENOTSOCK, { row: kernelDiagnostics.notSocket, message: "there is no socket behind the descriptor" }],
  [
    errnos.EINVAL,
    {
      row: kernelDiagnostics.attachOptions,
      message: "the socket does not share its port",
      help: "set SO_REUSEPORT on it and bind it before the program is attached (node:dgram: createSocket({ reusePort: true }))",
    },
  ],
]);

function identityOf(fd: number): string | undefined {
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** The program of a group of sockets. */
class ReuseportLink implements BackendLink {
  readonly id = 0;
  readonly description: string;
  readonly #program: Attachable;
  readonly #fd: number;
  readonly #identity: string | undefined;
  #attached = true;

  constructor(program: Attachable, fd: number) {
    this.#program = program;
    this.#fd = fd;
    this.#identity = identityOf(fd);
    this.description = `sk_reuseport on descriptor ${fd}`;
    const status = program.sys.setsockopt(fd, SOL_SOCKET, ATTACH, u32Bytes(program.fd));
    if (status < 0) throw new DiagnosticError([refusalOf(program, { where: `descriptor ${fd}`, refusals }, status)]);
  }

  detach(): void {
    if (!this.#attached) return;
    this.#attached = false;
    // The number may belong to something else by now.
    if (this.#identity === undefined || identityOf(this.#fd) !== this.#identity) return;
    const status = this.#program.sys.setsockopt(this.#fd, SOL_SOCKET, DETACH, u32Bytes(0));
    if (status === 0 || status === -errnos.ENOENT) return;
    const message = `the kernel refuses to detach ${this.description}`;
    throw new DiagnosticError([diagnostic(kernelDiagnostics.attachRefused, { message })]);
  }

  [Symbol.dispose](): void {
    this.detach();
  }
}

/** Attaches to a group of sockets. @throws DiagnosticError with what to do */
export function attachReuseport(program: Attachable, options: ReuseportAttachOptions): BackendLink {
  checkNames("sk_reuseport", options, ["socket"]);
  const { socket } = options;
  if (socket === undefined)
    return refuseOption("the socket is missing", "give socket: a bound socket that shares its port");
  if (typeof socket === "number") checkNumber("socket", socket, 0, 0x7fff_ffff);
  return new ReuseportLink(program, descriptorOf(socket));
}
