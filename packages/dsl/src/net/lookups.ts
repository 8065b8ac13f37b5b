// What helpers are asked with that look something up: sockets by addresses and ports, routes, tunnels. Fields in network order
// read and write in host order. include/uapi/linux/bpf.h (Linux 6.12); helpers: `skLookupTcp`, `fibLookup`, `getTunnelKey`.
import { array } from "../array.ts";
import { u8, u16, u16be, u32, u32be } from "../scalars.ts";
import type { FixedArray } from "../schema.ts";
import { type StructSchema, struct, union } from "../struct.ts";

/** The addresses and ports of a connection over IPv4, as the packets of the other side have them. */
export interface SockTuple4 {
  saddr: u32;
  daddr: u32;
  sport: u16;
  dport: u16;
}

/** The addresses and ports of a connection over IPv4, as the packets of the other side have them. */
export const SockTuple4: StructSchema<SockTuple4> = struct("sock_tuple4", {
  saddr: u32be,
  daddr: u32be,
  sport: u16be,
  dport: u16be,
});

/** The addresses and ports of a connection over IPv6, as the packets of the other side have them. */
export interface SockTuple6 {
  /** Four parts, the most significant first. */
  saddr: FixedArray<u32, 4>;
  /** Four parts, the most significant first. */
  daddr: FixedArray<u32, 4>;
  sport: u16;
  dport: u16;
}

/** The addresses and ports of a connection over IPv6, as the packets of the other side have them. */
export const SockTuple6: StructSchema<SockTuple6> = struct("sock_tuple6", {
  saddr: array(u32be, 4),
  daddr: array(u32be, 4),
  sport: u16be,
  dport: u16be,
});

/** An address of either family. */
export interface FibAddress {
  ipv4: u32;
  /** Four parts, the most significant first. */
  ipv6: FixedArray<u32, 4>;
}

/** An address of either family. */
export const FibAddress: StructSchema<FibAddress> = union("fib_address", { ipv4: u32be, ipv6: array(u32be, 4) });

/** Link-layer addresses of the interface that a packet leaves by, and of the next hop. */
export interface FibMacs {
  smac: FixedArray<u8, 6>;
  dmac: FixedArray<u8, 6>;
}

/** Link-layer addresses of the interface that a packet leaves by, and of the next hop. */
export const FibMacs: StructSchema<FibMacs> = struct("fib_macs", { smac: array(u8, 6), dmac: array(u8, 6) });

/** What `fibLookup` is asked, and answers. */
export interface FibLookup {
  /** 2 (AF_INET) or 10 (AF_INET6). */
  family: u8;
  l4Protocol: u8;
  sport: u16;
  dport: u16;
  /** Length of the packet from its network header on, to be compared with the MTU, or 0; afterwards the MTU. */
  totLen: u16;
  /** The interface that the packet came in by; afterwards the one that it leaves by. */
  ifindex: u32;
  /** Type of service (IPv4, in the lowest byte) or flow (IPv6, in network order); afterwards the route's metric. */
  flow: u32;
  src: FibAddress;
  /** Afterwards the next hop. */
  dst: FibAddress;
  /** The table, with flag `TBID`; afterwards the VLAN. */
  tbid: u32;
  /** Afterwards the addresses of the link. */
  macs: FibMacs;
}

/** What `fibLookup` is asked, and answers. */
export const FibLookup: StructSchema<FibLookup> = struct("bpf_fib_lookup", {
  family: u8,
  l4Protocol: u8,
  sport: u16be,
  dport: u16be,
  totLen: u16,
  ifindex: u32,
  flow: u32,
  src: FibAddress,
  dst: FibAddress,
  tbid: u32,
  macs: FibMacs,
});

/** Address of a tunnel's end, in host order as the kernel has it there. */
export interface TunnelAddress {
  ipv4: u32;
  ipv6: FixedArray<u32, 4>;
}

/** Address of a tunnel's end, in host order as the kernel has it there. */
export const TunnelAddress: StructSchema<TunnelAddress> = union("tunnel_address", { ipv4: u32, ipv6: array(u32, 4) });

/** The key of a tunnel, of `getTunnelKey` and `setTunnelKey`. */
export interface TunnelKey {
  tunnelId: u32;
  remote: TunnelAddress;
  tunnelTos: u8;
  tunnelTtl: u8;
  tunnelExt: u16;
  tunnelLabel: u32;
  local: TunnelAddress;
}

/** The key of a tunnel, of `getTunnelKey` and `setTunnelKey`. */
export const TunnelKey: StructSchema<TunnelKey> = struct("bpf_tunnel_key", {
  tunnelId: u32,
  remote: TunnelAddress,
  tunnelTos: u8,
  tunnelTtl: u8,
  tunnelExt: u16,
  tunnelLabel: u32,
  local: TunnelAddress,
});
