// Drops DNS queries for blocked domains, and for all names under them, on their way out: tc egress, UDP over IPv4 and IPv6.
import { array, lpmTrie, sizeOf, struct, tc, TC, type TcContext, u16be, u64, u8 } from "@typebpf/dsl";
import { Ethernet, EtherType, IPv4, IPv6, IpProtocol, Udp } from "@typebpf/dsl/net";

const DNS_PORT = 53;
const RESPONSE = 0x8000;
/** A name has at most 127 labels (RFC 1035 section 3.1), of at most 63 bytes: more stands for something else. */
const LABELS = 127;
const LABEL_BYTES = 63;
/** Of longer names, only so many bytes from the end are looked at. */
const NAME_BYTES = 64;

const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const TO_LOWER = 0x20;

const Dns = struct("dns", {
  id: u16be,
  flags: u16be,
  questions: u16be,
  answers: u16be,
  authorities: u16be,
  additional: u16be,
});
const Name = array(u8, NAME_BYTES);

/**
 * Blocked domains with the number of queries dropped. A name lies here as in a query (the length of each label before it),
 * but backwards and in lower case: so names under a domain begin with the domain, and a trie finds it.
 */
export const blocked = lpmTrie({ key: Name, value: u64, maxEntries: 10_000 });

/** Where the UDP header is; 0 for what is not UDP, or not the first fragment. */
function udpOffset(ctx: TcContext): number {
  const eth = ctx.packet.at(0, Ethernet);
  if (eth?.proto === EtherType.IPv4) {
    const ip = ctx.packet.at(sizeOf(Ethernet), IPv4);
    if (!ip || ip.protocol !== IpProtocol.UDP || (ip.fragOff & 0x1fff) !== 0) return 0;
    return sizeOf(Ethernet) + ip.ihl * 4;
  }
  if (eth?.proto === EtherType.IPv6) {
    const ip = ctx.packet.at(sizeOf(Ethernet), IPv6);
    return ip?.nexthdr === IpProtocol.UDP ? sizeOf(Ethernet) + sizeOf(IPv6) : 0;
  }
  return 0;
}

/** Where the name that starts at `start` ends, the empty label at its end left out; 0 for what is no name. */
function nameEnd(ctx: TcContext, start: number): number {
  let at = start;
  for (let label = 0; label <= LABELS; label++) {
    const length = ctx.packet.at(at, u8);
    if (!length || length.value > LABEL_BYTES) return 0;
    if (length.value === 0) return at;
    at = (at + length.value + 1) & 0xffff;
  }
  return 0;
}

export const block = tc((ctx) => {
  const start = udpOffset(ctx);
  if (start === 0) return TC.OK;

  const udp = ctx.packet.at(start, Udp);
  if (!udp || udp.dest !== DNS_PORT) return TC.OK;

  const dns = ctx.packet.at(start + sizeOf(Udp), Dns);
  if (!dns || (dns.flags & RESPONSE) !== 0 || dns.questions === 0) return TC.OK;

  const first = start + sizeOf(Udp) + sizeOf(Dns);
  const end = nameEnd(ctx, first);
  if (end <= first) return TC.OK;

  const name = Name();
  const length = Math.min(end - first, NAME_BYTES);
  for (let i = 0; i < length; i++) {
    const byte = ctx.packet.at(end - 1 - i, u8);
    if (!byte) return TC.OK;
    const char = byte.value;
    name[i] = char >= UPPER_A && char <= UPPER_Z ? char + TO_LOWER : char;
  }

  const hits = blocked.get({ prefixLength: length * 8, address: name });
  if (!hits) return TC.OK;

  hits.value += 1n;
  return TC.SHOT;
});
