// Sockets of the kernel, as programs see them: to be read field by field. Addresses and ports are in host order.
// include/uapi/linux/bpf.h, struct bpf_sock and struct bpf_tcp_sock; layouts: kernel/sockets.ts of the abi.
import type { i32, u16, u32, u64 } from "./scalars.ts";
import type { ReadonlyItems } from "./schema.ts";

/** A socket that may be none of a whole connection: one that is being made, or has ended. */
export interface SocketCommon {
  /** Index of the interface that it is bound to; 0 for none. */
  readonly boundDevIf: u32;
  /** 2 (AF_INET) or 10 (AF_INET6). */
  readonly family: u32;
  readonly srcIp4: u32;
  /** Four parts, the most significant first. */
  readonly srcIp6: ReadonlyItems<u32, 4>;
  readonly srcPort: u32;
  readonly dstPort: u16;
  readonly dstIp4: u32;
  /** Four parts, the most significant first. */
  readonly dstIp6: ReadonlyItems<u32, 4>;
  /** One of the states of TCP: 1 established, 10 listening. */
  readonly state: u32;
  /** The queue that received its last packet; −1 where it is not known. */
  readonly rxQueueMapping: i32;
}

/** A full socket. */
export interface Socket extends SocketCommon {
  /** 1 stream, 2 datagram, 3 raw. */
  readonly type: u32;
  /** The IP protocol. */
  readonly protocol: u32;
  readonly mark: u32;
  readonly priority: u32;
}

/** What TCP knows of a connection (struct tcp_sock, RFC 4898). */
export interface TcpSocket {
  /** Congestion window, in segments. */
  readonly sndCwnd: u32;
  /** Smoothed round trip time, in eighths of microseconds. */
  readonly srttUs: u32;
  /** Least round trip time of late, in microseconds. */
  readonly rttMin: u32;
  readonly sndSsthresh: u32;
  readonly rcvNxt: u32;
  readonly sndNxt: u32;
  readonly sndUna: u32;
  readonly mssCache: u32;
  readonly ecnFlags: u32;
  readonly rateDelivered: u32;
  readonly rateIntervalUs: u32;
  readonly packetsOut: u32;
  readonly retransOut: u32;
  readonly totalRetrans: u32;
  readonly segsIn: u32;
  readonly dataSegsIn: u32;
  readonly segsOut: u32;
  readonly dataSegsOut: u32;
  readonly lostOut: u32;
  readonly sackedOut: u32;
  readonly bytesReceived: u64;
  readonly bytesAcked: u64;
  readonly dsackDups: u32;
  readonly delivered: u32;
  readonly deliveredCe: u32;
  readonly icskRetransmits: u32;
}
