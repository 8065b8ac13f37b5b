// What programs of control groups are told and answer by number. Values: include/uapi/linux/bpf.h and
// include/net/tcp_states.h.

/** What `op` of `sockOps` programs says: why the program runs. */
export const SockOps: {
  /** Nothing. */
  readonly VOID: 0;
  /** Asks by `reply` for the first timeout of a connection that is being made, in ticks; −1 for the kernel's own. */
  readonly TIMEOUT_INIT: 1;
  /** Asks by `reply` for the first receive window in segments; −1 for the kernel's own. */
  readonly RWND_INIT: 2;
  /** A connection is about to be made. */
  readonly TCP_CONNECT_CB: 3;
  /** A connection that this side made is there. */
  readonly ACTIVE_ESTABLISHED_CB: 4;
  /** A connection that the other side made is there. */
  readonly PASSIVE_ESTABLISHED_CB: 5;
  /** Asks by `reply` whether the connection wants congestion notification: 1 for yes. */
  readonly NEEDS_ECN: 6;
  /** Asks by `reply` for the round trip without queues in microseconds; the congestion control may ask for it. */
  readonly BASE_RTT: 7;
  /** The retransmission timer has expired: `retransmits`, `rto`, `expired`. */
  readonly RTO_CB: 8;
  /** Segments were sent again: `sequence`, `segments`, `failure`. */
  readonly RETRANS_CB: 9;
  /** The state changes: `oldState`, `newState`. */
  readonly STATE_CB: 10;
  /** The socket begins to listen. */
  readonly TCP_LISTEN_CB: 11;
  /** A round trip was measured: `measuredRtt`, `smoothedRtt`. */
  readonly RTT_CB: 12;
  /** A segment with options came; `skbData` is its header. */
  readonly PARSE_HDR_OPT_CB: 13;
  /** Room for options can be reserved by `reserveHdrOpt`. */
  readonly HDR_OPT_LEN_CB: 14;
  /** Options can be written by `storeHdrOpt`. */
  readonly WRITE_HDR_OPT_CB: 15;
  /** A packet goes to the queueing discipline (Linux 6.15, as all of time stamps). */
  readonly TSTAMP_SCHED_CB: 16;
  /** A packet goes to the driver. */
  readonly TSTAMP_SND_SW_CB: 17;
  /** A packet has left the device. */
  readonly TSTAMP_SND_HW_CB: 18;
  /** A packet was acknowledged. */
  readonly TSTAMP_ACK_CB: 19;
  /** Data is being sent. */
  readonly TSTAMP_SENDMSG_CB: 20;
} = Object.freeze({
  VOID: 0,
  TIMEOUT_INIT: 1,
  RWND_INIT: 2,
  TCP_CONNECT_CB: 3,
  ACTIVE_ESTABLISHED_CB: 4,
  PASSIVE_ESTABLISHED_CB: 5,
  NEEDS_ECN: 6,
  BASE_RTT: 7,
  RTO_CB: 8,
  RETRANS_CB: 9,
  STATE_CB: 10,
  TCP_LISTEN_CB: 11,
  RTT_CB: 12,
  PARSE_HDR_OPT_CB: 13,
  HDR_OPT_LEN_CB: 14,
  WRITE_HDR_OPT_CB: 15,
  TSTAMP_SCHED_CB: 16,
  TSTAMP_SND_SW_CB: 17,
  TSTAMP_SND_HW_CB: 18,
  TSTAMP_ACK_CB: 19,
  TSTAMP_SENDMSG_CB: 20,
});

/** Callbacks that `sockOpsCbFlagsSet` turns on, to be joined by `|`. */
export const SockOpsFlags: {
  /** `SockOps.RTO_CB`. */
  readonly RTO: 1;
  /** `SockOps.RETRANS_CB`. */
  readonly RETRANS: 2;
  /** `SockOps.STATE_CB`. */
  readonly STATE: 4;
  /** `SockOps.RTT_CB`. */
  readonly RTT: 8;
  /** PARSE_HDR_OPT_CB for every segment. */
  readonly PARSE_ALL_HDR_OPT: 16;
  /** PARSE_HDR_OPT_CB for options that the kernel does not know. */
  readonly PARSE_UNKNOWN_HDR_OPT: 32;
  /** HDR_OPT_LEN_CB and WRITE_HDR_OPT_CB. */
  readonly WRITE_HDR_OPT: 64;
} = Object.freeze({
  RTO: 1,
  RETRANS: 2,
  STATE: 4,
  RTT: 8,
  PARSE_ALL_HDR_OPT: 16,
  PARSE_UNKNOWN_HDR_OPT: 32,
  WRITE_HDR_OPT: 64,
});

/** States of a TCP connection. */
export const TcpState: {
  readonly ESTABLISHED: 1;
  readonly SYN_SENT: 2;
  readonly SYN_RECV: 3;
  readonly FIN_WAIT1: 4;
  readonly FIN_WAIT2: 5;
  readonly TIME_WAIT: 6;
  readonly CLOSE: 7;
  readonly CLOSE_WAIT: 8;
  readonly LAST_ACK: 9;
  readonly LISTEN: 10;
  readonly CLOSING: 11;
  readonly NEW_SYN_RECV: 12;
} = Object.freeze({
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT1: 4,
  FIN_WAIT2: 5,
  TIME_WAIT: 6,
  CLOSE: 7,
  CLOSE_WAIT: 8,
  LAST_ACK: 9,
  LISTEN: 10,
  CLOSING: 11,
  NEW_SYN_RECV: 12,
});

/** Kinds of device files: `deviceType` of `cgroupDevice` programs. */
export const DeviceType: {
  readonly BLOCK: 1;
  readonly CHAR: 2;
} = Object.freeze({ BLOCK: 1, CHAR: 2 });

/** What is wanted of a device file: bits of `access` of `cgroupDevice` programs. */
export const DeviceAccess: {
  /** Make the file. */
  readonly MKNOD: 1;
  readonly READ: 2;
  readonly WRITE: 4;
} = Object.freeze({ MKNOD: 1, READ: 2, WRITE: 4 });
