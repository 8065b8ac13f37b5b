// Packets for tests and test runs, `@typebpf/loader/packet`: needs nothing but JavaScript, so browsers may use it.
export { mac } from "../address.ts";
export { type ArpFields, arp } from "./arp.ts";
export { type Payload, packet } from "./build.ts";
export { describePacket } from "./describe.ts";
export { packetDiagnostics } from "./diagnostics.ts";
export { type DnsQuery, dnsQuery } from "./dns.ts";
export { type EthernetFields, ethernet, type VlanFields, vlan } from "./ethernet.ts";
export type { Flag, Ipv4Address, Ipv6Address, MacAddress } from "./field.ts";
export { formatIpv4, formatIpv6, formatMac } from "./format-address.ts";
export { type IcmpFields, type Icmpv6Fields, icmp, icmpv6 } from "./icmp.ts";
export { type IPv4Fields, type Ipv4Fragment, ipv4 } from "./ipv4.ts";
export { type IPv6Fields, ipv6 } from "./ipv6.ts";
export {
  destinationOptions,
  type FragmentFields,
  fragment,
  hopByHop,
  type Ipv6OptionsFields,
  type RoutingFields,
  routing,
} from "./ipv6-extension.ts";
export type { Layer, LayerKind } from "./layer.ts";
export { type TcpFields, type TcpFlags, tcp } from "./tcp.ts";
export type { TcpOptions } from "./tcp-options.ts";
export { type UdpFields, udp } from "./udp.ts";
