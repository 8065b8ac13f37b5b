// Helpers of programs on socket buffers. net/core/filter.c, Linux 6.12. A test run goes nowhere: what redirects leaves is
// its verdict, and a clone is lost.
import { errno } from "../../errno.ts";
import { MAX_LENGTH } from "../contexts/skb-packet.ts";
import { applyDifference, replaceHalf, replaceWord } from "./checksum.ts";
import { bytesAt, giveBack, type Implementation, int, skbArgument, unsigned, type World, wide } from "./world.ts";

const TC_ACT_SHOT = 2;
const TC_ACT_REDIRECT = 7;
const INGRESS = 1;
const RECOMPUTE_CSUM = 1;
const INVALIDATE_HASH = 2;
const FIELD_SIZE = 0xf;
const MARK_MANGLED_0 = 0x20;
const MARK_ENFORCE = 0x40;
const L4_FLAGS = 0x10 | MARK_MANGLED_0 | MARK_ENFORCE | FIELD_SIZE;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
/** An IPv6 header less an IPv4 header. */
const HEADER_DIFFERENCE = 20;
const ETHERNET = 14;
/** sizeof(struct bpf_redir_neigh) */
const NEIGHBOUR = 20;

function word(world: World, register: number): number {
  return int(world, register) >>> 0;
}

/** Fills the program's buffer with bytes of the packet, or with zero. */
function fill(world: World, buffer: Uint8Array, bytes: Uint8Array | undefined): void {
  if (bytes) buffer.set(bytes);
  else buffer.fill(0);
  giveBack(world, bytes ? 0 : -errno.EFAULT);
}

export const skbLoadBytes: Implementation = (world) => {
  const buffer = bytesAt(world, 3, word(world, 4), "write");
  fill(world, buffer, skbArgument(world, 1).packet.view(word(world, 2), buffer.length));
};

export const skbLoadBytesRelative: Implementation = (world) => {
  const buffer = bytesAt(world, 3, word(world, 4), "write");
  const offset = word(world, 2);
  const { packet } = skbArgument(world, 1);
  const header = ([["mac"], ["network"]] as const)[word(world, 5)]?.[0];
  fill(world, buffer, header && offset <= 0xffff ? packet.viewFrom(header, offset, buffer.length) : undefined);
};

export const skbStoreBytes: Implementation = (world) => {
  const skb = skbArgument(world, 1);
  const bytes = bytesAt(world, 3, word(world, 4), "read");
  const flags = wide(world, 5);
  if ((flags & ~BigInt(RECOMPUTE_CSUM | INVALIDATE_HASH)) !== 0n) return giveBack(world, -errno.EINVAL);
  const target = skb.packet.view(word(world, 2), bytes.length);
  if (!target) return giveBack(world, -errno.EFAULT);
  target.set(bytes);
  if ((flags & BigInt(INVALIDATE_HASH)) !== 0n) skb.set("hash", 0);
  giveBack(world, 0);
};

export const skbPullData: Implementation = (world) => {
  const { packet } = skbArgument(world, 1);
  giveBack(world, word(world, 2) <= packet.length ? 0 : -errno.ENOMEM);
};

/** The checksum field after a change; undefined where the arguments are wrong. */
function corrected(world: World, field: number, size: bigint, halvesAreWords: boolean): number | undefined {
  const [from, to] = [word(world, 3), word(world, 4)];
  if (size === 0n) return wide(world, 3) === 0n ? applyDifference(field, to) : undefined;
  if (size === 2n && halvesAreWords) return replaceWord(field, from & 0xffff, to & 0xffff);
  if (size === 2n) return replaceHalf(field, from & 0xffff, to & 0xffff);
  return size === 4n ? replaceWord(field, from, to) : undefined;
}

/** The status of a replacement. */
function replaceChecksum(world: World, allowed: number, layer: "l3" | "l4"): number {
  const flags = wide(world, 5);
  const offset = word(world, 2);
  if ((flags & ~BigInt(allowed)) !== 0n) return -errno.EINVAL;
  const bytes = offset > 0xffff || offset % 2 !== 0 ? undefined : skbArgument(world, 1).packet.view(offset, 2);
  if (!bytes) return -errno.EFAULT;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 2);
  const old = view.getUint16(0, true);
  const marks = (flags & BigInt(MARK_MANGLED_0)) !== 0n;
  if (marks && (flags & BigInt(MARK_ENFORCE)) === 0n && old === 0) return 0;
  const next = corrected(world, old, flags & BigInt(FIELD_SIZE), layer === "l4");
  if (next === undefined) return -errno.EINVAL;
  view.setUint16(0, marks && next === 0 ? 0xffff : next, true);
  return 0;
}

export const l3CsumReplace: Implementation = (world) => giveBack(world, replaceChecksum(world, FIELD_SIZE, "l3"));

export const l4CsumReplace: Implementation = (world) => giveBack(world, replaceChecksum(world, L4_FLAGS, "l4"));

/** No device has computed a checksum here. */
export const csumUpdate: Implementation = (world) => giveBack(world, -errno.ENOTSUPP);

export const csumLevel: Implementation = (world) =>
  giveBack(world, skbArgument(world, 1).checksumLevel(wide(world, 2)));

export const cloneRedirect: Implementation = (world) => {
  skbArgument(world, 1);
  giveBack(world, (wide(world, 3) & ~BigInt(INGRESS)) === 0n ? 0 : -errno.EINVAL);
};

export const redirectPeer: Implementation = (world) =>
  giveBack(world, wide(world, 2) === 0n ? TC_ACT_REDIRECT : TC_ACT_SHOT);

export const redirectNeigh: Implementation = (world) => {
  const size = word(world, 3);
  if (size > 0) bytesAt(world, 2, size, "read");
  const fits = size === 0 || size >= NEIGHBOUR;
  giveBack(world, fits && wide(world, 4) === 0n ? TC_ACT_REDIRECT : TC_ACT_SHOT);
};

export const skbVlanPush: Implementation = (world) => {
  const raw = int(world, 2) & 0xffff;
  const protocol = ((raw & 0xff) << 8) | (raw >> 8);
  const known = protocol === 0x88a8 ? 0x88a8 : 0x8100;
  giveBack(world, skbArgument(world, 1).pushVlan(known, int(world, 3) & 0xffff));
};

export const skbVlanPop: Implementation = (world) => giveBack(world, skbArgument(world, 1).popVlan());

export const skbChangeProto: Implementation = (world) => {
  const skb = skbArgument(world, 1);
  if (wide(world, 3) !== 0n) return giveBack(world, -errno.EINVAL);
  const raw = int(world, 2) & 0xffff;
  const to = ((raw & 0xff) << 8) | (raw >> 8);
  const { packet, protocol } = skb;
  const grows = protocol === IPV4 && to === IPV6;
  if (!grows && !(protocol === IPV6 && to === IPV4)) return giveBack(world, -errno.ENOTSUPP);
  if (grows && !packet.pushAt(packet.macLength, HEADER_DIFFERENCE)) return giveBack(world, -errno.ENOMEM);
  const status = grows ? 0 : packet.popAt(packet.macLength, HEADER_DIFFERENCE);
  if (status !== 0) return giveBack(world, status);
  skb.setProtocol(to);
  skb.set("hash", 0);
  giveBack(world, 0);
};

export const skbChangeType: Implementation = (world) => {
  const skb = skbArgument(world, 1);
  const type = word(world, 2);
  if (type > 3 || skb.get("pkt_type") > 3) return giveBack(world, -errno.EINVAL);
  skb.set("pkt_type", type);
  giveBack(world, 0);
};

export const skbChangeTail: Implementation = (world) => {
  const { packet } = skbArgument(world, 1);
  const length = word(world, 2);
  const bad = wide(world, 3) !== 0n || length > MAX_LENGTH || length < Math.max(0, packet.networkOffset);
  if (!bad) packet.setLength(length);
  giveBack(world, bad ? -errno.EINVAL : 0);
};

export const skbChangeHead: Implementation = (world) => {
  const { packet } = skbArgument(world, 1);
  const delta = word(world, 2);
  if (wide(world, 3) !== 0n || packet.length + delta > MAX_LENGTH) return giveBack(world, -errno.EINVAL);
  giveBack(world, packet.pushHead(delta) ? 0 : -errno.ENOMEM);
};

/** BPF_F_ADJ_ROOM_*: what the inner and outer headers are changes nothing in the bytes, but the protocol. */
const room = { fixedGso: 1n, encapIpv4: 2n, encapIpv6: 4n, gre: 8n, udp: 16n, noReset: 32n, ethernet: 64n } as const;
const decap = { ipv4: 128n, ipv6: 256n } as const;
const growFlags = Object.values(room).reduce((all, flag) => all | flag, 0n);
const shrinkFlags = room.fixedGso | room.noReset | decap.ipv4 | decap.ipv6;

/** The status of flags that contradict each other, or 0. */
function checkRoomFlags(flags: bigint, shrink: boolean): number {
  if ((flags & ~(growFlags | shrinkFlags)) !== 0n) return -errno.EINVAL;
  if (shrink) return (flags & ~shrinkFlags) !== 0n || (flags & decap.ipv4 && flags & decap.ipv6) ? -errno.EINVAL : 0;
  if ((flags & ~growFlags) !== 0n) return -errno.EINVAL;
  const both = (one: bigint, other: bigint): boolean => (flags & one) !== 0n && (flags & other) !== 0n;
  const encap = (flags & (room.encapIpv4 | room.encapIpv6)) !== 0n;
  const inner = both(room.encapIpv4, room.encapIpv6) || both(room.gre, room.udp) || (flags & room.ethernet) !== 0n;
  return encap && inner ? -errno.EINVAL : 0;
}

export const skbAdjustRoom: Implementation = (world) => {
  const skb = skbArgument(world, 1);
  const { packet, protocol } = skb;
  const [delta, mode, flags] = [int(world, 2), word(world, 3), wide(world, 4)];
  const status = checkRoomFlags(flags, delta < 0);
  if (status !== 0) return giveBack(world, status);
  if (Math.abs(delta) > 0xfff) return giveBack(world, -errno.EFAULT);
  if ((protocol !== IPV4 && protocol !== IPV6) || mode > 1) return giveBack(world, -errno.ENOTSUPP);
  const header = protocol === IPV4 ? 20 : 40;
  const least = (flags & decap.ipv4) !== 0n ? 20 : (flags & decap.ipv6) !== 0n ? 40 : header;
  const inner = packet.length - packet.networkOffset;
  const impossible = delta < 0 ? -delta >= inner || inner + delta < least : packet.length + delta > MAX_LENGTH;
  if (impossible) return giveBack(world, -errno.ENOTSUPP);
  const offset = packet.macLength + (mode === 0 ? header : 0);
  const moved = delta < 0 ? packet.popAt(offset, -delta) : packet.pushAt(offset, delta) ? 0 : -errno.ENOMEM;
  if (moved === 0 && (flags & (room.encapIpv6 | decap.ipv6)) !== 0n) skb.setProtocol(IPV6);
  if (moved === 0 && (flags & (room.encapIpv4 | decap.ipv4)) !== 0n) skb.setProtocol(IPV4);
  if (moved === 0 && (flags & room.noReset) === 0n) skb.checksumLevel(3n);
  giveBack(world, moved);
};

/** The kernel's hash depends on a secret; this one on the packet alone (FNV-1a of all behind the Ethernet header). */
export const getHashRecalc: Implementation = (world) => {
  const skb = skbArgument(world, 1);
  if (skb.get("hash") === 0) {
    const bytes = skb.packet.bytes().subarray(ETHERNET);
    const hash = bytes.reduce((sum, byte) => Math.imul(sum ^ byte, 0x0100_0193), 0x811c_9dc5) >>> 0;
    skb.set("hash", hash || 1);
  }
  giveBack(world, skb.get("hash"));
};

export const setHashInvalid: Implementation = (world) => {
  skbArgument(world, 1).set("hash", 0);
  giveBack(world, 0);
};

export const setHash: Implementation = (world) => {
  skbArgument(world, 1).set("hash", word(world, 2));
  giveBack(world, 0);
};

/** A test run's packet has no route, and belongs to no group. */
export const none: Implementation = (world) => {
  skbArgument(world, 1);
  giveBack(world, 0);
};

/** The one socket of the simulated machine. */
export const getSocketCookie: Implementation = (world) => {
  skbArgument(world, 1);
  giveBack(world, 1);
};

/** XDP has one verdict for it, traffic control another, and each its own flags. */
export const redirect: Implementation = (world, program) => {
  const flags = unsigned(world, 2);
  if (program === "xdp") return giveBack(world, flags === 0 ? 4 : 0);
  giveBack(world, flags <= INGRESS ? TC_ACT_REDIRECT : TC_ACT_SHOT);
};
