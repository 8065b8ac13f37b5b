// Socket filters: their context, and the function that makes one.
import type { SocketFilterContextFields, SocketFilterContextHelpers } from "./contexts.generated.ts";

/**
 * What a socket filter is given: what the kernel knows of the packet, and the helpers allowed here. The packet is read
 * with `loadBytes`; it begins where the socket's own view begins.
 */
export interface SocketFilterContext extends SocketFilterContextFields, SocketFilterContextHelpers {}

/** A socket filter. In JavaScript, `filter` runs it. */
export interface SocketFilterProgram {
  readonly kind: "socket_filter";
  readonly filter: (ctx: SocketFilterContext) => number;
}

/**
 * Makes a socket filter, which sees each packet that its socket would receive and says how many of its bytes the socket
 * gets; 0 drops it: `socketFilter((ctx) => ctx.len)`.
 */
export function socketFilter(filter: (ctx: SocketFilterContext) => number): SocketFilterProgram {
  if (typeof filter !== "function") throw new TypeError("socketFilter() takes a function");
  return Object.freeze({ kind: "socket_filter", filter });
}
