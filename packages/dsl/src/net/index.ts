// The headers and numbers of network protocols, for @typebpf/dsl/net. Fields read and write in host order.
export { Arp, ArpOperation } from "./arp.ts";
export { Ethernet, EtherType } from "./ethernet.ts";
export { Icmp, IcmpEcho, IcmpType } from "./icmp.ts";
export { Icmpv6, Icmpv6Echo, Icmpv6Type } from "./icmpv6.ts";
export { IPv4 } from "./ipv4.ts";
export { IPv6 } from "./ipv6.ts";
export { FibAddress, FibLookup, FibMacs, SockTuple4, SockTuple6, TunnelAddress, TunnelKey } from "./lookups.ts";
export { IpProtocol } from "./protocols.ts";
export { Tcp } from "./tcp.ts";
export { Udp } from "./udp.ts";
export { Vlan } from "./vlan.ts";
