// Verdicts: what programs return, by program type. Numbers for the kernel, distinct types for TypeScript.
// Values: enum xdp_action of include/uapi/linux/bpf.h.

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
