// Helpers of programs on socket buffers. net/core/filter.c, Linux 6.12. A test run goes nowhere: what redirects leaves is
// its verdict, and a clone is lost.
import { errno } from "../../errno.ts";
import type { SkbContext } from "../contexts/skb.ts";
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
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const HEADER_DIFFERENCE = IPV6_HEADER - IPV4_HEADER;
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
  const { isSegmented } = skbArgument(world, 1);
  if ((wide(world, 3) & ~BigInt(INGRESS)) !== 0n) return giveBack(world, -errno.EINVAL);
  giveBack(world, isSegmented ? -errno.EBADMSG : 0);
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
  const skb = skbArgument(world, 1);
  const { packet, encapsulated } = skb;
  const length = word(world, 2);
  const bad = wide(world, 3) !== 0n || length > MAX_LENGTH || length < Math.max(0, packet.networkOffset);
  if (bad || encapsulated) return giveBack(world, bad ? -errno.EINVAL : -errno.ENOTSUPP);
  packet.setLength(length);
  if (skb.isSegmented) for (const field of ["gso_size", "gso_segs"] as const) skb.set(field, 0);
  giveBack(world, 0);
};

export const skbChangeHead: Implementation = (world) => {
  const { packet, isSegmented } = skbArgument(world, 1);
  const delta = word(world, 2);
  if (wide(world, 3) !== 0n || (!isSegmented && packet.length + delta > MAX_LENGTH))
    return giveBack(world, -errno.EINVAL);
  giveBack(world, packet.pushHead(delta) ? 0 : -errno.ENOMEM);
};

/** BPF_F_ADJ_ROOM_*: what the inner and outer headers are changes nothing in the bytes, but the protocol. */
const room = { fixedGso: 1n, encapIpv4: 2n, encapIpv6: 4n, gre: 8n, udp: 16n, noReset: 32n, ethernet: 64n } as const;
const decap = { ipv4: 128n, ipv6: 256n } as const;
const encapAny = room.encapIpv4 | room.encapIpv6;
const decapAny = decap.ipv4 | decap.ipv6;
const shrinkFlags = room.fixedGso | room.noReset | decapAny;
const knownFlags = shrinkFlags | encapAny | room.gre | room.udp | room.ethernet;

/** bpf_skb_net_grow: the status of flags that the kernel reads late, or 0. */
function checkGrowFlags(skb: SkbContext, flags: bigint): number {
  if ((flags & encapAny) === 0n) return 0;
  const both = (one: bigint, other: bigint): boolean => (flags & one) !== 0n && (flags & other) !== 0n;
  const wrong = both(room.encapIpv4, room.encapIpv6) || both(room.gre, room.udp) || (flags & room.ethernet) !== 0n;
  if (wrong) return -errno.EINVAL;
  return skb.encapsulated ? -errno.EALREADY : 0;
}

/** The status of arguments that can be told without moving anything, in the kernel's order. */
function checkRoom(skb: SkbContext, delta: number, mode: number, flags: bigint): number {
  const { packet, protocol } = skb;
  if ((flags & ~knownFlags) !== 0n) return -errno.EINVAL;
  if (Math.abs(delta) > 0xfff) return -errno.EFAULT;
  if ((protocol !== IPV4 && protocol !== IPV6) || mode > 1) return -errno.ENOTSUPP;
  const decapsulates = (flags & decapAny) !== 0n;
  if (decapsulates && (delta >= 0 || (flags & decapAny) === decapAny)) return -errno.EINVAL;
  const header = protocol === IPV4 ? IPV4_HEADER : IPV6_HEADER;
  const least = !decapsulates ? header : (flags & decap.ipv4) !== 0n ? IPV4_HEADER : IPV6_HEADER;
  const inner = packet.length - packet.networkOffset;
  const impossible = delta < 0 ? -delta >= inner || inner + delta < least : packet.length + delta > MAX_LENGTH;
  if (impossible) return -errno.ENOTSUPP;
  if (delta < 0 && (flags & ~shrinkFlags) !== 0n) return -errno.EINVAL;
  if (skb.isSegmented) return -errno.ENOTSUPP;
  return delta < 0 ? 0 : checkGrowFlags(skb, flags);
}

export const skbAdjustRoom: Implementation = (world) => {
  const skb = skbArgument(world, 1);
  const { packet } = skb;
  const [delta, mode, flags] = [int(world, 2), word(world, 3), wide(world, 4)];
  const status = checkRoom(skb, delta, mode, flags);
  if (status !== 0) return giveBack(world, status);
  const header = skb.protocol === IPV4 ? IPV4_HEADER : IPV6_HEADER;
  const offset = packet.macLength + (mode === 0 ? header : 0);
  const moved = delta < 0 ? packet.popAt(offset, -delta) : packet.pushAt(offset, delta) ? 0 : -errno.ENOMEM;
  if (moved !== 0) return giveBack(world, moved);
  if ((flags & encapAny) !== 0n) skb.encapsulated = true;
  if ((flags & (room.encapIpv6 | decap.ipv6)) !== 0n) skb.setProtocol(IPV6);
  if ((flags & (room.encapIpv4 | decap.ipv4)) !== 0n) skb.setProtocol(IPV4);
  if ((flags & room.noReset) === 0n) skb.checksumLevel(3n);
  giveBack(world, 0);
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

/** XDP has one verdict for it, traffic control another, and each its own flags. */
export const redirect: Implementation = (world, program) => {
  const flags = unsigned(world, 2);
  if (program === "xdp") return giveBack(world, flags === 0 ? 4 : 0);
  giveBack(world, flags <= INGRESS ? TC_ACT_REDIRECT : TC_ACT_SHOT);
};
