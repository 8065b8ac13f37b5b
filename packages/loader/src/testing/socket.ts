// Node sockets inside a network namespace: the descriptor is made, bound and connected there by system calls, then given
// to Node's own classes, which need not know. TCP connects without blocking and is asked again until it is through.
import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { once } from "node:events";
import { type Server, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { DiagnosticError, diagnostic } from "@typebpf/abi";
import { kernelDiagnostics } from "../kernel/diagnostics.ts";
import { errnoName, errnos } from "../kernel/errno.ts";
import { addressFamily, portOf, socketAddress } from "../kernel/socket-address.ts";
import type { Sys } from "../kernel/sys.ts";
import type { NetworkNamespace } from "./namespace.ts";

/** An IP address and a port; port 0 is any free one. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** What a socket is made for. */
export interface SocketRequest {
  readonly family: number;
  readonly type: number;
  readonly protocol: number;
  /** Local address as `struct sockaddr_*`. */
  readonly local: Uint8Array;
}

const socketTypes = { STREAM: 1, DGRAM: 2, RAW: 3 };
const NONBLOCK_CLOEXEC = 0x800 | 0x80000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const pollMs = 2;

function refuse(what: string, errno: number): never {
  const message = `cannot ${what}: ${errnoName(errno)}`;
  throw new DiagnosticError([diagnostic(kernelDiagnostics.socket, { message })]);
}

/** A non-blocking, bound descriptor in the namespace; the caller closes it. @throws DiagnosticError. */
export function openSocket(sys: Sys, namespace: NetworkNamespace, request: SocketRequest): number {
  const fd = namespace.run(() => sys.socket(request.family, request.type | NONBLOCK_CLOEXEC, request.protocol));
  if (fd < 0) refuse("open a socket", -fd);
  sys.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, Uint8Array.of(1, 0, 0, 0));
  const status = sys.bind(fd, request.local);
  if (status >= 0) return fd;
  sys.close(fd);
  return refuse("bind a socket to the address", -status);
}

function openAt(sys: Sys, namespace: NetworkNamespace, type: number, { address, port }: Endpoint): number {
  const local = socketAddress(address, port);
  return openSocket(sys, namespace, { family: addressFamily(address), type, protocol: 0, local });
}

/** A raw socket for ICMP from this address. */
export function openIcmp(sys: Sys, namespace: NetworkNamespace, from: string): number {
  const family = addressFamily(from);
  const protocol = from.includes(":") ? 58 : 1;
  return openSocket(sys, namespace, { family, type: socketTypes.RAW, protocol, local: socketAddress(from, 0) });
}

/** A bound UDP socket of Node's; the signal closes it if it is still open. */
export async function openUdp(
  sys: Sys,
  namespace: NetworkNamespace,
  local: Endpoint,
  signal: AbortSignal,
): Promise<DatagramSocket> {
  const fd = openAt(sys, namespace, socketTypes.DGRAM, local);
  const socket = createSocket({ type: local.address.includes(":") ? "udp6" : "udp4", signal });
  // The event may come while binding.
  const listening = once(socket, "listening");
  socket.bind({ fd });
  await listening;
  return socket;
}

/** Makes a TCP or HTTP server of Node's listen in the namespace; gives its port. */
export async function listenTcp(
  sys: Sys,
  namespace: NetworkNamespace,
  server: Server,
  local: Endpoint,
): Promise<number> {
  const fd = openAt(sys, namespace, socketTypes.STREAM, local);
  const bound = new Uint8Array(28);
  sys.getsockname(fd, bound);
  const listening = once(server, "listening");
  server.listen({ fd });
  await listening;
  return portOf(bound);
}

/** What a connection is made for. */
export interface ConnectRequest {
  readonly from: string;
  readonly to: Endpoint;
  readonly timeoutMs: number;
}

/** A connected TCP socket of Node's; undefined when nobody answers in time. @throws DiagnosticError when refused. */
export async function connectTcp(
  sys: Sys,
  namespace: NetworkNamespace,
  request: ConnectRequest,
): Promise<Socket | undefined> {
  const fd = openAt(sys, namespace, socketTypes.STREAM, { address: request.from, port: 0 });
  const remote = socketAddress(request.to.address, request.to.port);
  const end = performance.now() + request.timeoutMs;
  for (;;) {
    const status = sys.connect(fd, remote);
    if (status === 0 || status === -errnos.EISCONN) return new Socket({ fd });
    const pending = status === -errnos.EINPROGRESS || status === -errnos.EALREADY;
    if (!pending || performance.now() >= end) {
      sys.close(fd);
      if (pending || status === -errnos.ETIMEDOUT) return undefined;
      refuse(`connect to ${request.to.address} port ${request.to.port}`, -status);
    }
    await delay(pollMs);
  }
}
