// An XDP packet and its context, as BPF_PROG_TEST_RUN sets them up: net/bpf/test_run.c and net/core/filter.c, Linux
// 6.12, and measured on 6.18.
//
//   0       40                    256                            3776
//   | frame | headroom ... [meta] | packet ............ tailroom |      one page, less what the kernel keeps at its end
//
// What is longer than 3520 bytes goes on in fragments, which programs see through helpers only.
import { contexts } from "@typebpf/abi";
import type { RunInput } from "../../backend.ts";
import { loaderError } from "../../diagnostics.ts";
import { errno } from "../../errno.ts";
import { Fault } from "../fault.ts";
import type { ContextAccess } from "../machine.ts";
import { addressHigh, type Memory, REGION_START, type Segment, segment } from "../memory.ts";

const HEADROOM = 256;
/** sizeof(struct xdp_frame): never given to the program. */
const FRAME = 40;
/** A page less struct skb_shared_info. */
const HARD_END = 4096 - 320;
const FRAGMENT = 4096;
const MAX_FRAGMENTS = 17;
const ETHERNET = 14;
const MAX_META = 252;
/** Longest packet of a test run. */
export const MAX_PACKET = HARD_END - HEADROOM + MAX_FRAGMENTS * FRAGMENT;
const MAX_U32 = 0xffffffff;

/** Fields that a run may set, with what they are without. The loopback interface receives test runs. */
const defaults = { ingress_ifindex: 1, rx_queue_index: 0 } as const;
type SettableField = keyof typeof defaults;

const settable: ReadonlyMap<string, SettableField> = new Map([
  ["ingressIfindex", "ingress_ifindex"],
  ["rxQueueIndex", "rx_queue_index"],
]);

/** Fields by their offset. */
const fieldsByOffset: readonly ((typeof contexts.xdp_md.fields)[number] | undefined)[] = Array.from(
  { length: contexts.xdp_md.size },
  (_, offset) => contexts.xdp_md.fields.find((one) => one.offset === offset),
);

export class XdpContext implements ContextAccess {
  private readonly buffer = new Uint8Array(HARD_END);
  private readonly packet: Segment;
  private readonly packetHigh: number;
  /** Upper half of the context's address. */
  readonly high: number;
  private data = HEADROOM;
  /** How far the packet and its metadata have reached in this run. */
  private lowest = HEADROOM;
  private highest = HEADROOM;
  /** What lies beyond the linear part. */
  private fragments = new Uint8Array(0);
  private readonly values: Record<SettableField, number> = { ...defaults };

  constructor(memory: Memory) {
    this.packet = segment("packet", "the packet", this.buffer, { atomics: false });
    this.packetHigh = addressHigh(memory.add(this.packet), 0);
    // No plain memory: every access is outside of its zero bytes, and so comes to `load` and `store`.
    this.high = addressHigh(memory.add(segment("context", "the context", new Uint8Array(0), { atomics: false })), 0);
  }

  /** @throws DiagnosticError for what the kernel refuses before the program runs. */
  static check(input: RunInput): void {
    const { length } = input.packet;
    if (length < ETHERNET)
      throw loaderError("packetTooShort", { notes: [`the packet has ${length} bytes, the least is ${ETHERNET}`] });
    if (length > MAX_PACKET)
      throw loaderError("packetTooLong", { notes: [`the packet has ${length} bytes, the most is ${MAX_PACKET}`] });
    for (const [name, value] of Object.entries(input.context ?? {})) {
      if (!settable.has(name)) {
        throw loaderError("contextField", {
          message: `context field "${name}" cannot be set`,
          notes: [`can be set: ${[...settable.keys()].join(", ")}`],
        });
      }
      if (Number.isInteger(Number(value)) && value >= 0 && value <= MAX_U32) continue;
      throw loaderError("contextField", {
        message: `context field "${name}" cannot be ${value}`,
        notes: ["the field is an unsigned 32-bit integer"],
      });
    }
  }

  /** Puts a packet in place; the room around it is zero. */
  begin(input: RunInput): void {
    const linear = Math.min(input.packet.length, HARD_END - HEADROOM);
    // Only what the last run could write is not zero.
    this.buffer.fill(0, this.lowest, this.highest);
    this.lowest = HEADROOM;
    this.highest = HEADROOM + linear;
    this.buffer.set(input.packet.subarray(0, linear), HEADROOM);
    if (this.fragments.length > 0 || linear < input.packet.length) this.fragments = input.packet.slice(linear);
    this.data = HEADROOM;
    this.packet.low = HEADROOM;
    this.packet.high = HEADROOM + linear;
    this.values.ingress_ifindex = defaults.ingress_ifindex;
    this.values.rx_queue_index = defaults.rx_queue_index;
    if (!input.context) return;
    for (const [name, value] of Object.entries(input.context)) {
      const field = settable.get(name);
      if (field) this.values[field] = Number(value);
    }
  }

  /** The packet as it is now, from the first byte to the last, without metadata. */
  result(): Uint8Array {
    const linear = this.buffer.subarray(this.data, this.packet.high);
    const whole = new Uint8Array(linear.length + this.fragments.length);
    whole.set(linear);
    whole.set(this.fragments, linear.length);
    return whole;
  }

  load(offset: number, size: number, registers: Int32Array, d: number): void {
    const field = fieldsByOffset[offset];
    if (!field || size !== field.size) {
      const notes = [
        `xdp_md has ${contexts.xdp_md.fields.map((one) => `${one.name} at ${one.offset}`).join(", ")}, 4 bytes each`,
      ];
      throw new Fault("contextAccess", `read of ${size} bytes at offset ${offset} of the context`, notes);
    }
    if (field.is === "integer") {
      if (field.name === "egress_ifindex") {
        throw new Fault("contextAccess", "egress_ifindex can be read only in programs of device maps");
      }
      registers[d] = this.values[field.name];
      registers[d + 1] = 0;
    } else {
      const beyondData = field.is === "packetEnd" ? this.packet.high : this.packet.low;
      registers[d] = REGION_START + (field.is === "packet" ? this.data : beyondData);
      registers[d + 1] = this.packetHigh;
    }
  }

  store(offset: number, size: number): void {
    throw new Fault("contextAccess", `write of ${size} bytes at offset ${offset} of the context`, [
      "no field of xdp_md can be written",
    ]);
  }

  private setLow(low: number): void {
    this.packet.low = low;
    this.lowest = Math.min(this.lowest, low);
  }

  /** bpf_xdp_adjust_head */
  adjustHead(delta: number): number {
    const meta = this.data - this.packet.low;
    const data = this.data + delta;
    if (data < FRAME + meta || data > this.packet.high - ETHERNET) return -errno.EINVAL;
    this.buffer.copyWithin(data - meta, this.packet.low, this.packet.low + meta);
    this.setLow(data - meta);
    this.data = data;
    return 0;
  }

  /** bpf_xdp_adjust_tail */
  adjustTail(delta: number): number {
    if (this.fragments.length > 0) return delta < 0 ? this.shrinkFragments(-delta) : this.growFragments(delta);
    const end = this.packet.high + delta;
    if (end > HARD_END || end < this.data + ETHERNET) return -errno.EINVAL;
    if (delta > 0) this.buffer.fill(0, this.packet.high, end);
    this.packet.high = end;
    this.highest = Math.max(this.highest, end);
    return 0;
  }

  private shrinkFragments(amount: number): number {
    if (amount > this.length() - ETHERNET) return -errno.EINVAL;
    const fromFragments = Math.min(amount, this.fragments.length);
    this.fragments = this.fragments.slice(0, this.fragments.length - fromFragments);
    this.packet.high -= amount - fromFragments;
    return 0;
  }

  private growFragments(amount: number): number {
    const used = this.fragments.length % FRAGMENT;
    if (amount > (used === 0 ? 0 : FRAGMENT - used)) return -errno.EINVAL;
    const grown = new Uint8Array(this.fragments.length + amount);
    grown.set(this.fragments);
    this.fragments = grown;
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
    return this.packet.high - this.data + this.fragments.length;
  }

  /** bpf_xdp_load_bytes and bpf_xdp_store_bytes: checks, then calls `copy` with each part that lies in one piece. */
  pieces(offset: number, length: number, copy: (part: Uint8Array, at: number) => void): number {
    if (offset > 0xffff || length > 0xffff) return -errno.EFAULT;
    if (offset + length > this.length()) return -errno.EINVAL;
    const linear = this.packet.high - this.data;
    const first = Math.max(0, Math.min(length, linear - offset));
    if (first > 0) copy(this.buffer.subarray(this.data + offset, this.data + offset + first), 0);
    const start = Math.max(0, offset - linear);
    if (length > first) copy(this.fragments.subarray(start, start + length - first), first);
    return 0;
  }
}
