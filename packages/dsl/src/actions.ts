// Verdicts: what programs return, by program type. Numbers for the kernel, distinct types for TypeScript.
// Values: enum xdp_action of include/uapi/linux/bpf.h, TC_ACT_* of include/uapi/linux/pkt_cls.h,
// enum sk_action and bpf_ret_code of bpf.h, NF_* of include/uapi/linux/netfilter.h.

/** Phantom key that tells verdicts from plain numbers. */
declare const action: unique symbol;

/** The verdict of an XDP program: one of the values of `XDP`. */
export type XdpAction = number & { readonly [action]: "xdp" };

/** The verdicts of an XDP program. */
export const XDP: {
  /** Drop the packet and count an error (tracepoint xdp:xdp_exception). */
  readonly ABORTED: XdpAction;
  /** Drop the packet. */
  readonly DROP: XdpAction;
  /** Hand the packet to the network stack. */
  readonly PASS: XdpAction;
  /** Send the packet out of the interface it came in by. */
  readonly TX: XdpAction;
  /** Send the packet where a redirect helper said. */
  readonly REDIRECT: XdpAction;
} = Object.freeze({
  ABORTED: 0 as XdpAction,
  DROP: 1 as XdpAction,
  PASS: 2 as XdpAction,
  TX: 3 as XdpAction,
  REDIRECT: 4 as XdpAction,
});

/** The verdict of a traffic control program: one of the values of `TC`. */
export type TcAction = number & { readonly [action]: "tc" };

/** The verdicts of a traffic control program. */
export const TC: {
  /** What comes next decides: the next program, or the filter's default. */
  readonly UNSPEC: TcAction;
  /** Let the packet pass. */
  readonly OK: TcAction;
  /** Classify the packet again from the start; at clsact as OK. */
  readonly RECLASSIFY: TcAction;
  /** Drop the packet. */
  readonly SHOT: TcAction;
  /** Go on with the next action; at clsact as OK. */
  readonly PIPE: TcAction;
  /** Drop the packet and say that it was taken, not lost. */
  readonly STOLEN: TcAction;
  /** As STOLEN. */
  readonly QUEUED: TcAction;
  /** Run the actions again; at clsact as OK. */
  readonly REPEAT: TcAction;
  /** Send the packet where a redirect helper said. */
  readonly REDIRECT: TcAction;
  /** As STOLEN, in software. */
  readonly TRAP: TcAction;
} = Object.freeze({
  UNSPEC: -1 as TcAction,
  OK: 0 as TcAction,
  RECLASSIFY: 1 as TcAction,
  SHOT: 2 as TcAction,
  PIPE: 3 as TcAction,
  STOLEN: 4 as TcAction,
  QUEUED: 5 as TcAction,
  REPEAT: 6 as TcAction,
  REDIRECT: 7 as TcAction,
  TRAP: 8 as TcAction,
});

/** The verdict of programs on sockets: one of the values of `SK`. */
export type SkAction = number & { readonly [action]: "sk" };

/** The verdicts of programs that choose sockets, or see the data of sockets. */
export const SK: {
  /** Drop the packet or data; in the choice of a socket: none. */
  readonly DROP: SkAction;
  /** Let it pass; in the choice of a socket: the one that was assigned, else the kernel's own choice. */
  readonly PASS: SkAction;
} = Object.freeze({ DROP: 0 as SkAction, PASS: 1 as SkAction });

/** The verdict of programs of routes: one of the values of `LWT`. */
export type LwtAction = number & { readonly [action]: "lwt" };

/** The verdicts of programs of routes. */
export const LWT: {
  /** Go on with the packet. */
  readonly OK: LwtAction;
  /** Drop the packet. */
  readonly DROP: LwtAction;
  /** Send the packet where a redirect helper said. */
  readonly REDIRECT: LwtAction;
  /** Look for the route again, since the headers have changed (lwtXmit, lwtIn: Linux 5.1). */
  readonly REROUTE: LwtAction;
} = Object.freeze({ OK: 0 as LwtAction, DROP: 2 as LwtAction, REDIRECT: 7 as LwtAction, REROUTE: 128 as LwtAction });

/** The verdict of a flow dissector: one of the values of `Flow`. */
export type FlowAction = number & { readonly [action]: "flow" };

/** The verdicts of a flow dissector. */
export const Flow: {
  /** The keys are there. */
  readonly OK: FlowAction;
  /** The packet has no flow. */
  readonly DROP: FlowAction;
  /** The kernel's own dissector goes on (Linux 6.1). */
  readonly CONTINUE: FlowAction;
} = Object.freeze({ OK: 0 as FlowAction, DROP: 2 as FlowAction, CONTINUE: 129 as FlowAction });

/** The verdict of a program of the packet filter: one of the values of `NF`. */
export type NfAction = number & { readonly [action]: "nf" };

/** The verdicts of programs of the packet filter. */
export const NF: {
  /** Drop the packet. */
  readonly DROP: NfAction;
  /** Let the packet go on. */
  readonly ACCEPT: NfAction;
} = Object.freeze({ DROP: 0 as NfAction, ACCEPT: 1 as NfAction });
