// The bytes of a socket buffer and where its headers are: struct sk_buff as far as programs can tell, always linear.
// net/core/skbuff.c, include/linux/if_vlan.h and net/core/filter.c, Linux 6.12. Room before and behind the packet never
// runs out, because the kernel makes more where it is needed.
import { errno } from "../../errno.ts";
import { addressHigh, type Memory, type Segment, segment } from "../memory.ts";

/** The longest that helpers make a packet: BPF_SKB_MAX_LEN. */
export const MAX_LENGTH = 16384 - 320;
/** More than all that helpers of one run could reasonably put before a packet. */
const HEADROOM = 1 << 16;
const ETHERNET = 14;
const VLAN = 4;
const MACS = 12;
/** SKF_NET_OFF and SKF_LL_OFF of linux/filter.h. */
const NETWORK_OFFSET = -0x10_0000;
const LINK_OFFSET = -0x20_0000;

/** EtherTypes of VLAN tags. */
export function isVlan(protocol: number): boolean {
  return protocol === 0x8100 || protocol === 0x88a8;
}

export class SkbPacket {
  private readonly buffer = new Uint8Array(HEADROOM + 2 * MAX_LENGTH);
  private readonly packet: Segment;
  /** Upper half of the packet's addresses. */
  readonly high: number;
  private lowest = HEADROOM;
  private highest = HEADROOM;
  /** Where the Ethernet header and the network header begin, in the buffer. */
  private mac = HEADROOM;
  private network = HEADROOM;

  constructor(memory: Memory) {
    this.packet = segment("packet", "the packet", this.buffer, { atomics: false });
    this.high = addressHigh(memory.add(this.packet), 0);
  }

  /** Puts a frame in place; `visible` is where the program's view of it begins. */
  begin(frame: Uint8Array, visible: number): void {
    // Only what the last run could write is not zero.
    this.buffer.fill(0, this.lowest, this.highest);
    this.buffer.set(frame, HEADROOM);
    this.mac = HEADROOM;
    this.network = HEADROOM + ETHERNET;
    this.lowest = HEADROOM;
    this.highest = HEADROOM + frame.length;
    this.packet.low = HEADROOM + visible;
    this.packet.high = this.highest;
  }

  get start(): number {
    return this.packet.low;
  }

  get end(): number {
    return this.packet.high;
  }

  get length(): number {
    return this.packet.high - this.packet.low;
  }

  /** From what the program sees to the network header. */
  get networkOffset(): number {
    return this.network - this.packet.low;
  }

  /** Bytes of the Ethernet header, with tags that lie in the packet. */
  get macLength(): number {
    return this.network - this.mac;
  }

  /** A copy of what the program sees. */
  bytes(): Uint8Array {
    return this.buffer.slice(this.packet.low, this.packet.high);
  }

  /** A view of bytes of the packet; undefined where they are not all there. */
  view(offset: number, length: number): Uint8Array | undefined {
    if (offset + length > this.length) return undefined;
    return this.buffer.subarray(this.packet.low + offset, this.packet.low + offset + length);
  }

  /** The same, counted from a header. */
  viewFrom(header: "mac" | "network", offset: number, length: number): Uint8Array | undefined {
    const at = this[header] + offset;
    return at + length > this.packet.high ? undefined : this.buffer.subarray(at, at + length);
  }

  /**
   * A byte as legacy packet loads find it, SKF_NET_OFF and SKF_LL_OFF behind the headers; undefined outside of the packet.
   * bpf_internal_load_pointer_neg_helper of kernel/bpf/core.c.
   */
  byteAt(index: number): number | undefined {
    const [from, offset] =
      index >= 0
        ? [this.packet.low, index]
        : index >= NETWORK_OFFSET
          ? [this.network, index - NETWORK_OFFSET]
          : [this.mac, index - LINK_OFFSET];
    const at = from + offset;
    return offset >= 0 && at < this.packet.high ? this.buffer[at] : undefined;
  }

  private setStart(start: number): void {
    this.packet.low = start;
    this.lowest = Math.min(this.lowest, start);
  }

  /** Cuts the packet, or adds zero bytes. */
  setLength(length: number): void {
    const end = this.packet.low + length;
    if (end > this.packet.high) this.buffer.fill(0, this.packet.high, end);
    this.packet.high = end;
    this.highest = Math.max(this.highest, end);
  }

  /** Adds zero bytes before the packet: a new Ethernet header begins there. False where there is no room. */
  pushHead(length: number): boolean {
    const start = this.packet.low - length;
    if (start < 0) return false;
    this.setStart(start);
    this.buffer.fill(0, start, start + length);
    this.mac = start;
    return true;
  }

  /** Opens a gap of zero bytes after the first `offset`, by moving those to the front. False where there is no room. */
  pushAt(offset: number, length: number): boolean {
    const start = this.packet.low - length;
    if (start < 0) return false;
    const old = this.packet.low;
    this.setStart(start);
    this.buffer.copyWithin(start, old, old + offset);
    this.buffer.fill(0, start + offset, start + offset + length);
    this.mac -= length;
    this.network -= length;
    return true;
  }

  /** Takes bytes out after the first `offset`. */
  popAt(offset: number, length: number): number {
    if (offset + length > this.length) return -errno.ENOMEM;
    const old = this.packet.low;
    this.buffer.copyWithin(old + length, old, old + offset);
    this.setStart(old + length);
    this.mac += length;
    this.network += length;
    return 0;
  }

  /** Puts a VLAN tag into the packet, behind the MAC addresses. */
  insertVlan(protocol: number, tci: number): boolean {
    const network = this.network;
    if (!this.pushAt(MACS, VLAN)) return false;
    this.network = network - VLAN;
    new DataView(this.buffer.buffer, this.packet.low + MACS, VLAN).setUint32(0, ((protocol << 16) | tci) >>> 0);
    return true;
  }

  /** Takes the VLAN tag behind the MAC addresses out of the packet; gives it and what it encloses, or an errno. */
  removeVlan(): { readonly tci: number; readonly protocol: number } | number {
    const header = this.view(0, ETHERNET + VLAN);
    if (!header) return -errno.ENOMEM;
    const view = new DataView(header.buffer, header.byteOffset, header.length);
    const tci = view.getUint16(ETHERNET);
    const type = view.getUint16(ETHERNET + 2);
    const first = this.view(ETHERNET + VLAN, 2);
    const network = this.network;
    this.popAt(MACS, VLAN);
    // vlan_remove_tag leaves the network header, unless the Ethernet header reaches over it.
    this.network = Math.max(network, this.packet.low + ETHERNET);
    // vlan_set_encap_proto: a length in place of a type means IEEE 802.3 or 802.2.
    const protocol = type >= 0x600 ? type : first?.[0] === 0xff && first[1] === 0xff ? 1 : 4;
    return { tci, protocol };
  }
}
