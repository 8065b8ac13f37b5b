// Verdicts: what programs return, by program type. Numbers for the kernel, distinct types for TypeScript.
// Values: enum xdp_action of include/uapi/linux/bpf.h, TC_ACT_* of include/uapi/linux/pkt_cls.h.

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
