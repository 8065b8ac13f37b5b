// ICMP and ICMPv6 echo over a raw socket (RFC 792, RFC 4443 section 4). Requests go out at once, replies are collected
// until all are there or the time is over, so that a blocked source costs one timeout.
//
//   echo:  type u8 | code u8 | checksum u16 | identifier u16 | sequence u16 | data
import { setTimeout as delay } from "node:timers/promises";
import { errnos } from "../kernel/errno.ts";
import { socketAddress } from "../kernel/socket-address.ts";
import type { Sys } from "../kernel/sys.ts";
import type { NetworkNamespace } from "./namespace.ts";
import { openIcmp } from "./socket.ts";

/** What to send. */
export interface PingRequest {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly timeoutMs: number;
}

/** How many echo requests were sent and answered. */
export interface PingResult {
  readonly sent: number;
  readonly received: number;
}

const MSG_DONTWAIT = 0x40;
const pollMs = 2;
const dataBytes = 56;
const echo4 = { request: 8, reply: 0 };
const echo6 = { request: 128, reply: 129 };

/** The Internet checksum (RFC 1071) of an even number of bytes. */
export function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function echoRequest(v6: boolean, identifier: number, sequence: number): Uint8Array {
  const bytes = new Uint8Array(8 + dataBytes);
  const view = new DataView(bytes.buffer);
  bytes[0] = v6 ? echo6.request : echo4.request;
  view.setUint16(4, identifier);
  view.setUint16(6, sequence);
  for (let at = 0; at < dataBytes; at++) bytes[8 + at] = at;
  // The kernel fills the checksum of ICMPv6, which covers a pseudo header.
  if (!v6) view.setUint16(2, internetChecksum(bytes));
  return bytes;
}

/** The sequence number of a reply to us; raw IPv4 sockets give the IP header too. */
function replySequence(v6: boolean, identifier: number, bytes: Uint8Array): number | undefined {
  const start = v6 ? 0 : ((bytes[0] ?? 0) & 0xf) * 4;
  if (bytes.length < start + 8 || bytes[start] !== (v6 ? echo6 : echo4).reply) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  return view.getUint16(4) === identifier ? view.getUint16(6) : undefined;
}

/** Pings from inside the namespace. @throws DiagnosticError when the address is not there. */
export async function ping(sys: Sys, namespace: NetworkNamespace, request: PingRequest): Promise<PingResult> {
  const fd = openIcmp(sys, namespace, request.from);
  try {
    const v6 = request.to.includes(":");
    const identifier = fd & 0xffff;
    const waiting = new Set<number>();
    if (sys.connect(fd, socketAddress(request.to, 0)) < 0) return { sent: 0, received: 0 };
    for (let sequence = 1; sequence <= request.count; sequence++) {
      if (sys.send(fd, echoRequest(v6, identifier, sequence), MSG_DONTWAIT) > 0) waiting.add(sequence);
    }
    const sent = waiting.size;
    const end = performance.now() + request.timeoutMs;
    const buffer = new Uint8Array(2048);
    while (waiting.size > 0) {
      const size = sys.recv(fd, buffer, MSG_DONTWAIT);
      if (size > 0) {
        const sequence = replySequence(v6, identifier, buffer.subarray(0, size));
        if (sequence !== undefined) waiting.delete(sequence);
      } else if (size !== -errnos.EAGAIN || performance.now() >= end) break;
      else await delay(pollMs);
    }
    return { sent, received: sent - waiting.size };
  } finally {
    sys.close(fd);
  }
}
