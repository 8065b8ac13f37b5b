// An XDP packet and its context, as BPF_PROG_TEST_RUN sets them up: net/bpf/test_run.c and net/core/filter.c, Linux
// 6.12, and measured on 6.18.
//
//   0       40                    256                            3776
//   | frame | headroom ... [meta] | packet ............ tailroom |      one page, less what the kernel keeps at its end
import { contexts } from "@typebpf/abi";
import type { RunInput } from "../../backend.ts";
import { errno } from "../../errno.ts";
import { MAX_PACKET, MIN_PACKET, xdpInputContext } from "../../xdp-input.ts";
import { Fault } from "../fault.ts";
import type { ContextAccess } from "../machine.ts";
import { addressHigh, type Memory, REGION_START, type Segment, segment } from "../memory.ts";

const HEADROOM = 256;
/** sizeof(struct xdp_frame): never given to the program. */
const FRAME = 40;
const HARD_END = HEADROOM + MAX_PACKET;
const MAX_META = 252;

type XdpField = (typeof contexts.xdp_md.fields)[number];

/** Fields by their offset. */
const fieldsByOffset: readonly (XdpField | undefined)[] = Array.from({ length: contexts.xdp_md.size }, (_, offset) =>
  contexts.xdp_md.fields.find((one) => one.offset === offset),
);

export class XdpContext implements ContextAccess {
  private readonly buffer = new Uint8Array(HARD_END);
  /** Its bounds are those of the packet with its metadata. */
  private readonly packet: Segment;
  private readonly packetHigh: number;
  /** Upper half of the context's address. */
  readonly high: number;
  private data = HEADROOM;
  /** How far the packet and its metadata have reached in this run. */
  private lowest = HEADROOM;
  private highest = HEADROOM;
  private ingressIfindex = 0;
  private rxQueueIndex = 0;
  private egressIfindex: number | undefined;

  constructor(memory: Memory) {
    this.packet = segment("packet", "the packet", this.buffer, { atomics: false });
    this.packetHigh = addressHigh(memory.add(this.packet), 0);
    // No plain memory: every access is outside of its zero bytes, and so comes to `load` and `store`.
    this.high = addressHigh(memory.add(segment("context", "the context", new Uint8Array(0), { atomics: false })), 0);
  }

  /** Puts a packet in place; the room around it is zero. Programs of device maps know where it is going. */
  begin({ packet, context }: RunInput, isOfDeviceMap = false): void {
    // Only what the last run could write is not zero.
    this.buffer.fill(0, this.lowest, this.highest);
    this.buffer.set(packet, HEADROOM);
    this.data = HEADROOM;
    this.lowest = HEADROOM;
    this.highest = HEADROOM + packet.length;
    this.packet.low = this.lowest;
    this.packet.high = this.highest;
    const { ingressIfindex, rxQueueIndex, egressIfindex } = xdpInputContext(context, isOfDeviceMap);
    this.ingressIfindex = ingressIfindex;
    this.egressIfindex = egressIfindex;
    this.rxQueueIndex = rxQueueIndex;
  }

  /** The packet as it is now, without metadata. */
  result(): Uint8Array {
    return this.buffer.slice(this.data, this.packet.high);
  }

  load(offset: number, size: number, registers: Int32Array, d: number): void {
    const field = fieldsByOffset[offset];
    if (!field || size !== field.size) {
      const all = contexts.xdp_md.fields.map((one) => `${one.name} at ${one.offset}`).join(", ");
      throw new Fault("contextAccess", `read of ${size} bytes at offset ${offset} of the context`, [
        `xdp_md has ${all}, 4 bytes each`,
      ]);
    }
    if (field.is === "integer") {
      registers[d] = this.integer(field.name);
      registers[d + 1] = 0;
    } else {
      const beyondData = field.is === "packetEnd" ? this.packet.high : this.packet.low;
      registers[d] = REGION_START + (field.is === "packet" ? this.data : beyondData);
      registers[d + 1] = this.packetHigh;
    }
  }

  private integer(name: Extract<XdpField, { is: "integer" }>["name"]): number {
    switch (name) {
      case "ingress_ifindex":
        return this.ingressIfindex;
      case "rx_queue_index":
        return this.rxQueueIndex;
      case "egress_ifindex":
        if (this.egressIfindex !== undefined) return this.egressIfindex;
        throw new Fault("contextAccess", "egress_ifindex can be read only in programs of device maps");
      default:
        return name satisfies never;
    }
  }

  store(offset: number, size: number): void {
    const message = `write of ${size} bytes at offset ${offset} of the context`;
    throw new Fault("contextAccess", message, ["no field of xdp_md can be written"]);
  }

  private setLow(low: number): void {
    this.packet.low = low;
    this.lowest = Math.min(this.lowest, low);
  }

  /** bpf_xdp_adjust_head */
  adjustHead(delta: number): number {
    const meta = this.data - this.packet.low;
    const data = this.data + delta;
    if (data < FRAME + meta || data > this.packet.high - MIN_PACKET) return -errno.EINVAL;
    this.buffer.copyWithin(data - meta, this.packet.low, this.packet.low + meta);
    this.setLow(data - meta);
    this.data = data;
    return 0;
  }

  /** bpf_xdp_adjust_tail */
  adjustTail(delta: number): number {
    const end = this.packet.high + delta;
    if (end > HARD_END || end < this.data + MIN_PACKET) return -errno.EINVAL;
    if (delta > 0) this.buffer.fill(0, this.packet.high, end);
    this.packet.high = end;
    this.highest = Math.max(this.highest, end);
    return 0;
  }

  /** bpf_xdp_adjust_meta */
  adjustMeta(delta: number): number {
    const low = this.packet.low + delta;
    if (low < FRAME || low > this.data) return -errno.EINVAL;
    const length = this.data - low;
    if (length % 4 !== 0 || length > MAX_META) return -errno.EACCES;
    this.setLow(low);
    return 0;
  }

  /** bpf_xdp_get_buff_len */
  length(): number {
    return this.packet.high - this.data;
  }

  /** bpf_xdp_pointer: the bytes, as a view, or the negative errno of bpf_xdp_load_bytes and bpf_xdp_store_bytes. */
  bytes(offset: number, length: number): Uint8Array | number {
    if (offset > 0xffff || length > 0xffff) return -errno.EFAULT;
    if (offset + length > this.length()) return -errno.EINVAL;
    return this.buffer.subarray(this.data + offset, this.data + offset + length);
  }
}
