// Where programs of the network are attached, beside XDP and tc (backend.ts): routes, actions, maps of sockets, network
// namespaces, sockets, hooks of the packet filter.

/** A route, which gets the program: packets that take it are seen. */
export interface RouteAttachOptions {
  /** Where the packets go: an address or a network, "10.0.0.0/24". */
  readonly to: string;
  /** Name or index of the route's interface. */
  readonly interface: string | number;
  /** The next hop's address; without it the destination is on the interface's own network. */
  readonly via?: string;
  /** "local": a route to this host itself, where `lwtIn` sees what arrives for an address. Default "unicast". */
  readonly type?: "unicast" | "local";
  /** Number of the routing table; default the main one (254), for local routes the local one (255). */
  readonly table?: number;
  /** Take the place of a route that is there; it comes back when the program is detached. */
  readonly replace?: boolean;
}

/** A filter of traffic control that hands every packet to the action. */
export interface ActionAttachOptions {
  /** Name or index of a network interface. */
  readonly interface: string | number;
  readonly direction: "ingress" | "egress";
  /** Filters run from the lowest number, 1 to 65535; without it the kernel puts the filter before all others. */
  readonly priority?: number;
}

/** A map of sockets, whose sockets' data the program sees. */
export interface SockMapAttachOptions {
  /** Name of a `sockMap` or `sockHash` of the same object, or its handle. */
  readonly map: string | object;
}

/** A network namespace. */
export interface NamespaceAttachOptions {
  /** Path or descriptor of the namespace; default that of the calling thread. */
  readonly namespace?: string | number;
}

/** A socket of a group that shares a port (SO_REUSEPORT); the program is for the whole group. */
export interface ReuseportAttachOptions {
  /** A descriptor, or a bound socket of `node:dgram` or `node:net`. */
  readonly socket: number | object;
}

/** A hook of the packet filter. */
export interface NetfilterAttachOptions {
  readonly family: "ipv4" | "ipv6";
  readonly hook: "prerouting" | "input" | "forward" | "output" | "postrouting";
  /** Programs run from the lowest number; any but the least and the greatest of 32 bits. */
  readonly priority: number;
  /** Put packets in fragments together first (Linux 6.6). */
  readonly defragment?: boolean;
}

/** A pair of netkit interfaces, by one of them. */
export interface NetkitAttachOptions {
  /** Name or index of the interface. */
  readonly interface: string | number;
}
