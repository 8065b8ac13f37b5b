// Every protocol that has a builder, by the name of its layer. The order of the entries means nothing.
import { arpProtocol } from "./arp.ts";
import { ethernetProtocol, vlanProtocol } from "./ethernet.ts";
import { icmpProtocol, icmpv6Protocol } from "./icmp.ts";
import { ipv4Protocol } from "./ipv4.ts";
import { ipv6Protocol } from "./ipv6.ts";
import { destinationOptionsProtocol, fragmentProtocol, hopByHopProtocol, routingProtocol } from "./ipv6-extension.ts";
import type { LayerKind, Protocol } from "./layer.ts";
import { tcpProtocol } from "./tcp.ts";
import { udpProtocol } from "./udp.ts";

/** Protocols by layer; a layer without one does not compile. */
export const protocols: { readonly [K in LayerKind]: Protocol } = {
  ethernet: ethernetProtocol,
  vlan: vlanProtocol,
  arp: arpProtocol,
  ipv4: ipv4Protocol,
  ipv6: ipv6Protocol,
  hopByHop: hopByHopProtocol,
  destinationOptions: destinationOptionsProtocol,
  routing: routingProtocol,
  fragment: fragmentProtocol,
  tcp: tcpProtocol,
  udp: udpProtocol,
  icmp: icmpProtocol,
  icmpv6: icmpv6Protocol,
};
