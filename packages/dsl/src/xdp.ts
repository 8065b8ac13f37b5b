// XDP programs: their context, and the function that makes one.
import type { XdpAction } from "./actions.ts";
import type { XdpContextFields, XdpContextHelpers } from "./contexts.generated.ts";
import type { Packet } from "./packet.ts";

/** What an XDP program is given: the packet, where it came from, and the helpers the kernel allows here. */
export interface XdpContext extends XdpContextFields, XdpContextHelpers<XdpAction> {
  /** The packet, from its Ethernet header on. */
  readonly packet: Packet;
}

/** An XDP program. In JavaScript, `filter` runs it. */
export interface XdpProgram {
  readonly kind: "xdp";
  readonly filter: (ctx: XdpContext) => XdpAction;
}

/** Makes an XDP program, which sees each packet that an interface receives: `xdp((ctx) => XDP.PASS)`. */
export function xdp(filter: (ctx: XdpContext) => XdpAction): XdpProgram {
  if (typeof filter !== "function") throw new TypeError("xdp() takes a function");
  return Object.freeze({ kind: "xdp", filter });
}
