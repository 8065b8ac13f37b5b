// Traffic control programs: their context, and the function that makes one.
import type { TcAction } from "./actions.ts";
import type { SchedClsContextFields, SchedClsContextHelpers } from "./contexts.generated.ts";
import type { Packet } from "./packet.ts";

/** What a traffic control program is given: the packet, what the kernel knows of it, and the helpers allowed here. */
export interface TcContext extends SchedClsContextFields, SchedClsContextHelpers<TcAction> {
  /** The linear part of the packet, from its Ethernet header on; `len` counts the whole. */
  readonly packet: Packet;
}

/** A traffic control program. In JavaScript, `filter` runs it. */
export interface TcProgram {
  readonly kind: "sched_cls";
  readonly filter: (ctx: TcContext) => TcAction;
}

/** Makes a traffic control program, which sees what an interface receives or sends: `tc((ctx) => TC.OK)`. */
export function tc(filter: (ctx: TcContext) => TcAction): TcProgram {
  if (typeof filter !== "function") throw new TypeError("tc() takes a function");
  return Object.freeze({ kind: "sched_cls", filter });
}
