// Records what passes an interface, both ways, through a packet socket (man 7 packet). Packets that an XDP program drops
// are gone before they come here. The socket's queue is emptied every few milliseconds and at the end.
//
//   sockaddr_ll:  family u16 | protocol u16 big-endian | interface i32 | … zero          20 bytes
import { Fd } from "../kernel/fd.ts";
import type { Sys } from "../kernel/sys.ts";
import type { NetworkNamespace } from "./namespace.ts";
import { openSocket } from "./socket.ts";

/** A packet from the Ethernet header on, and when it was taken from the queue: milliseconds since 1970, with fraction. */
export interface CapturedPacket {
  readonly time: number;
  readonly packet: Uint8Array;
}

/** A running capture; dispose ends it. */
export interface Capture extends Disposable {
  /** Ends the capture and gives all packets in their order. */
  stop(): readonly CapturedPacket[];
}

const AF_PACKET = 17;
const SOCK_RAW = 3;
const ETH_P_ALL = 3;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
const queueBytes = 1 << 24;
const packetBytes = 1 << 16;
const drainMs = 5;

function linkAddress(ifindex: number): Uint8Array {
  const address = new Uint8Array(20);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, ETH_P_ALL);
  view.setInt32(4, ifindex, true);
  return address;
}

/** Starts recording on an interface of the namespace. @throws DiagnosticError without CAP_NET_RAW there. */
export function startCapture(sys: Sys, namespace: NetworkNamespace, ifindex: number): Capture {
  const request = { family: AF_PACKET, type: SOCK_RAW, protocol: 0, local: linkAddress(ifindex) };
  const fd = new Fd(sys, openSocket(sys, namespace, request), "capture");
  const packets: CapturedPacket[] = [];
  const buffer = new Uint8Array(packetBytes);
  sys.setsockopt(fd.number, SOL_SOCKET, SO_RCVBUFFORCE, new Uint8Array(Uint32Array.of(queueBytes).buffer));
  const drain = (): void => {
    for (let size = sys.recv(fd.number, buffer, 0); size >= 0; size = sys.recv(fd.number, buffer, 0)) {
      packets.push({ time: performance.timeOrigin + performance.now(), packet: buffer.slice(0, size) });
    }
  };
  const timer = setInterval(drain, drainMs);
  const stop = (): readonly CapturedPacket[] => {
    if (fd.closed) return packets;
    clearInterval(timer);
    drain();
    fd[Symbol.dispose]();
    return packets;
  };
  return { stop, [Symbol.dispose]: () => void stop() };
}
