// A packet on one line, for tables: "IPv4 10.0.0.1:1234 > 10.0.0.2:53 UDP 70 bytes". The bytes may be anything; the
// size is that of the whole frame.
import { formatIpv4, formatIpv6, formatMac } from "./format-address.ts";
import type { LayerKind } from "./layer.ts";
import { fragmentOffset, type ParsedLayer, type ParsedPacket, parsePacket } from "./parse.ts";

const names: { readonly [K in LayerKind]: string } = {
  ethernet: "Ethernet",
  vlan: "VLAN",
  arp: "ARP",
  ipv4: "IPv4",
  ipv6: "IPv6",
  hopByHop: "hop-by-hop options",
  destinationOptions: "destination options",
  routing: "routing header",
  fragment: "fragment",
  tcp: "TCP",
  udp: "UDP",
  icmp: "ICMP",
  icmpv6: "ICMPv6",
};

const icmpTypes: Readonly<Record<number, string>> = {
  0: "echo reply",
  3: "unreachable",
  5: "redirect",
  8: "echo request",
  11: "time exceeded",
};

const icmpv6Types: Readonly<Record<number, string>> = {
  1: "unreachable",
  2: "packet too big",
  3: "time exceeded",
  128: "echo request",
  129: "echo reply",
  133: "router solicitation",
  134: "router advertisement",
  135: "neighbour solicitation",
  136: "neighbour advertisement",
};

const tcpFlags = ["syn", "ack", "fin", "rst", "psh", "urg", "ece", "cwr"];

function bytesOf({ fields }: ParsedLayer, name: string): Uint8Array {
  const value = fields[name];
  return value instanceof Uint8Array ? value : new Uint8Array(0);
}

function numberOf({ fields }: ParsedLayer, name: string): number {
  return Number(fields[name] ?? 0);
}

function address(layer: ParsedLayer, name: string, port: number | undefined): string {
  if (layer.kind === "ipv4") return formatIpv4(numberOf(layer, name)) + (port === undefined ? "" : `:${port}`);
  const text = formatIpv6(bytesOf(layer, name));
  return port === undefined ? text : `[${text}]:${port}`;
}

/** The transport layer of an IP layer: the first layer behind it that is no extension header. */
function transportOf(layers: readonly ParsedLayer[], index: number): ParsedLayer | undefined {
  const extensions: readonly LayerKind[] = ["hopByHop", "destinationOptions", "routing", "fragment"];
  return layers.slice(index + 1).find((layer) => !extensions.includes(layer.kind));
}

function describeIp(layer: ParsedLayer, layers: readonly ParsedLayer[], index: number): string {
  const transport = transportOf(layers, index);
  const ports = transport?.kind === "tcp" || transport?.kind === "udp" ? transport : undefined;
  const source = address(layer, "saddr", ports && numberOf(ports, "source"));
  const dest = address(layer, "daddr", ports && numberOf(ports, "dest"));
  return `${names[layer.kind]} ${source} > ${dest}${describeFragment(layer)}`;
}

function describeFragment(layer: ParsedLayer): string {
  const more = numberOf(layer, "fragOff") & (layer.kind === "ipv4" ? 0x2000 : 1);
  const offset = fragmentOffset(layer);
  return more || offset > 0 ? ` fragment at ${offset}` : "";
}

function describeArp(layer: ParsedLayer): string {
  const operation = numberOf(layer, "op");
  const [sender, target] = ["sip", "tip"].map((name) => Array.from(bytesOf(layer, name)).join("."));
  if (operation === 1) return `ARP who has ${target}? tell ${sender}`;
  if (operation === 2) return `ARP ${sender} is at ${formatMac(bytesOf(layer, "sha"))}`;
  return `ARP operation ${operation}`;
}

function describeMessage(layer: ParsedLayer, types: Readonly<Record<number, string>>): string {
  const type = numberOf(layer, "type");
  return `${names[layer.kind]} ${types[type] ?? `type ${type} code ${numberOf(layer, "code")}`}`;
}

function describeLayer(layer: ParsedLayer, layers: readonly ParsedLayer[], index: number): string {
  switch (layer.kind) {
    case "ethernet":
      return "";
    case "vlan":
      return `VLAN ${numberOf(layer, "tci") & 0xfff}`;
    case "arp":
      return describeArp(layer);
    case "ipv4":
    case "ipv6":
      return describeIp(layer, layers, index);
    case "hopByHop":
    case "destinationOptions":
    case "routing":
      return "";
    case "fragment":
      return describeFragment(layer).trim();
    case "tcp":
      return ["TCP", ...tcpFlags.filter((flag) => numberOf(layer, flag) === 1).map((flag) => flag.toUpperCase())].join(
        " ",
      );
    case "udp":
      return "UDP";
    case "icmp":
      return describeMessage(layer, icmpTypes);
    case "icmpv6":
      return describeMessage(layer, icmpv6Types);
    default:
      return layer.kind satisfies never;
  }
}

/** What the last header says of bytes that no layer describes. */
function describeRest({ layers, problem }: ParsedPacket): string {
  if (problem) return `${names[problem.kind]} ${problem.text}`;
  const last = layers.at(-1);
  if (!last || last.kind === "arp") return "";
  if (last.kind === "ethernet" || last.kind === "vlan") {
    const type = `type 0x${numberOf(last, "proto").toString(16).padStart(4, "0")}`;
    const [first] = layers;
    if (last.kind === "vlan" || !first) return type;
    return `Ethernet ${formatMac(bytesOf(first, "source"))} > ${formatMac(bytesOf(first, "dest"))} ${type}`;
  }
  if (last.kind === "ipv4") return `protocol ${numberOf(last, "protocol")}`;
  const next = last.fields.nexthdr;
  return typeof next === "number" ? `protocol ${next}` : "";
}

/**
 * One line on a packet that begins with an Ethernet header: "IPv4 10.0.0.1:1234 > 10.0.0.2:53 UDP 70 bytes", where the
 * size is that of all bytes. Never throws: what is cut off or malformed is called so.
 */
export function describePacket(bytes: Uint8Array): string {
  const parsed = parsePacket(bytes);
  const words = parsed.layers.map((layer, index) => describeLayer(layer, parsed.layers, index));
  const size = `${bytes.length} byte${bytes.length === 1 ? "" : "s"}`;
  return [...words, describeRest(parsed), size].filter((word) => word !== "").join(" ");
}
