// The context of programs on socket buffers, struct __sk_buff, as BPF_PROG_TEST_RUN sets it up (bpf_prog_test_run_skb of
// net/bpf/test_run.c) and as the verifier lets programs touch it (net/core/filter.c, bpf_skb_is_valid_access), Linux
// 6.12 and measured on 6.18. A socket filter's packet begins behind the Ethernet header, unless the
// simulator is told otherwise.
import { type ContextFieldRow, contextFields, contexts } from "@typebpf/abi";
import type { RunInput } from "../../backend.ts";
import { errno } from "../../errno.ts";
import { headerOf, type SkbProgramType, skbInputContext, skbOutputContext, skbProgramTypes } from "../../skb-input.ts";
import { Fault } from "../fault.ts";
import type { ContextAccess } from "../machine.ts";
import { addressHigh, type Memory, REGION_START, segment } from "../memory.ts";
import { isVlan, SkbPacket } from "./skb-packet.ts";

type FieldName = (typeof contexts.sk_buff.fields)[number]["name"];

const ETHERNET = 14;
const IPV6_HEADER = 40;
const PACKET_HOST = 0;
const PACKET_MULTICAST = 2;
const PACKET_OTHERHOST = 3;
const LOOPBACK = 1;

/** Offset of each field. */
const offsets = Object.fromEntries(contexts.sk_buff.fields.map((one) => [one.name, one.offset])) as Readonly<
  Record<FieldName, number>
>;

/** Fields that the kernel lets programs touch in no other size than their own, and at no other offset. */
const wholeOnly: ReadonlySet<string> = new Set(["data", "data_end", "data_meta", "tstamp", "tstamp_type", "hwtstamp"]);

/** For each byte of the context, the field that it belongs to, by program type. */
function fieldsByOffset(program: SkbProgramType): readonly (ContextFieldRow | undefined)[] {
  const fields = contextFields(program);
  return Array.from({ length: contexts.sk_buff.size }, (_, offset) =>
    fields.find((one) => offset >= one.offset && offset < one.offset + one.size * (one.count ?? 1)),
  );
}

const fieldTables: ReadonlyMap<SkbProgramType, readonly (ContextFieldRow | undefined)[]> = new Map(
  skbProgramTypes.map((type) => [type, fieldsByOffset(type)]),
);

/** Where the packet of a socket filter may begin. */
export const socketFilterStarts = ["link", "network", "transport"] as const;

/** Where the packet of a socket filter begins. */
export type SocketFilterStart = (typeof socketFilterStarts)[number];

/** Bytes before the header that a socket filter's packet begins with; all there are where it has no such header. */
function bytesBefore(start: SocketFilterStart, packet: Uint8Array): number {
  if (start === "link") return 0;
  const protocol = start === "transport" ? protocolOf(packet) : 0;
  const header = protocol === 0x0800 ? ((packet[ETHERNET] ?? 0) & 0xf) * 4 : protocol === 0x86dd ? IPV6_HEADER : 0;
  return Math.min(ETHERNET + header, packet.length);
}

/** Bytes before what a program sees of a packet. */
function startOf(program: SkbProgramType, start: SocketFilterStart, packet: Uint8Array): number {
  if (headerOf(program) === 0) return 0;
  return bytesBefore(program === "socket_filter" ? start : "network", packet);
}

export class SkbContext implements ContextAccess {
  readonly packet: SkbPacket;
  /** Upper half of the context's address. */
  readonly high: number;
  private readonly image = new Uint8Array(contexts.sk_buff.size);
  private readonly view = new DataView(this.image.buffer);
  private readonly start: SocketFilterStart;
  private program: SkbProgramType = "sched_cls";
  private input: Uint8Array = new Uint8Array(0);
  /** How many checksums the device has verified, less one; -1 for none. */
  private checksums = -1;
  /** The packet is inside of another one that a program put around it. */
  encapsulated = false;

  constructor(memory: Memory, start: SocketFilterStart) {
    this.start = start;
    this.packet = new SkbPacket(memory);
    // No plain memory: every access is outside of its zero bytes, and so comes to `load` and `store`.
    this.high = addressHigh(memory.add(segment("context", "the context", new Uint8Array(0), { atomics: false })), 0);
  }

  /** Puts a packet and its context in place. */
  begin(program: SkbProgramType, input: RunInput): void {
    const { packet } = input;
    this.program = program;
    this.input = packet;
    this.checksums = -1;
    this.encapsulated = false;
    this.packet.begin(packet, startOf(program, this.start, packet));
    this.image.set(skbInputContext(program, input));
    this.set("ifindex", this.get("ifindex") || LOOPBACK);
    if (this.get("wire_len") === 0) this.set("wire_len", this.packet.length);
    this.set("pkt_type", packetType(packet));
    this.setProtocol(protocolOf(packet));
  }

  /** A byte for legacy packet loads: counted from what the program sees, or from a header by an offset below zero. */
  packetByte(index: number): number | undefined {
    return this.packet.byteAt(index);
  }

  /** The packet as it is now, from the Ethernet header on (the given one, where programs do not see it). */
  result(): Uint8Array {
    if (this.program === "socket_filter") return this.input.slice();
    const packet = this.packet.bytes();
    const header = headerOf(this.program);
    const whole = new Uint8Array(header + packet.length);
    whole.set(this.input.subarray(0, header));
    whole.set(packet, header);
    return whole;
  }

  /** The fields that a test run gives back. */
  output(): Readonly<Record<string, number | bigint>> {
    return skbOutputContext(this.image);
  }

  /** A field of 4 bytes. */
  get(name: FieldName): number {
    return this.view.getUint32(offsets[name], true);
  }

  set(name: FieldName, value: number): void {
    this.view.setUint32(offsets[name], value, true);
  }

  /** skb_is_gso: the packet will be cut into segments. Those of a test run are of no known kind. */
  get isSegmented(): boolean {
    return this.get("gso_size") !== 0;
  }

  /** The packet's EtherType, in host order. */
  get protocol(): number {
    return this.view.getUint16(offsets.protocol, false);
  }

  setProtocol(protocol: number): void {
    this.view.setUint16(offsets.protocol, protocol, false);
  }

  private field(access: "read" | "write", offset: number, size: number): ContextFieldRow {
    const field = fieldTables.get(this.program)?.[offset];
    if (!field) return this.refuse(access, offset, size, `${this.program} programs have no field of __sk_buff there`);
    if (access === "write" && (field.access === "read" || field.is !== "integer")) {
      return this.refuse(access, offset, size, `${this.program} programs may only read __sk_buff.${field.name}`);
    }
    const isRoom = field.name === "cb";
    const end = isRoom ? offsets.hash : offset - ((offset - field.offset) % field.size) + field.size;
    const narrow = isRoom || (access === "read" && !wholeOnly.has(field.name));
    if (offset % size === 0 && offset + size <= end && (narrow || size === field.size)) return field;
    const why = `__sk_buff.${field.name} begins at ${field.offset} and has ${field.size} bytes`;
    return this.refuse(access, offset, size, why);
  }

  private refuse(access: "read" | "write", offset: number, size: number, why: string): never {
    const what = `${access} of ${size} byte${size === 1 ? "" : "s"} at offset ${offset} of the context`;
    throw new Fault("contextAccess", what, [why]);
  }

  load(offset: number, size: number, registers: Int32Array, d: number): void {
    const field = this.field("read", offset, size);
    if (field.is !== "integer") {
      registers[d] = REGION_START + (field.is === "packetEnd" ? this.packet.end : this.packet.start);
      registers[d + 1] = this.packet.high;
      return;
    }
    this.refresh();
    registers[d] = readUnsigned(this.view, offset, size);
    registers[d + 1] = size === 8 ? this.view.getInt32(offset + 4, true) : 0;
  }

  /** What follows from the packet's state. */
  private refresh(): void {
    this.set("len", this.packet.length);
    this.set("vlan_present", this.get("vlan_tci") !== 0 || this.get("vlan_proto") !== 0 ? 1 : 0);
  }

  store(offset: number, size: number, low: number, high: number): void {
    const field = this.field("write", offset, size);
    if (field.bits === 16) {
      const value = low >>> 0;
      // The kernel keeps this number for "none".
      if (field.name === "queue_mapping" && value >= 0xffff) return;
      this.view.setUint32(offset, value & 0xffff, true);
      return;
    }
    writeUnsigned(this.view, offset, size, low, high);
  }

  /** The VLAN tag beside the packet. */
  setVlanTag(protocol: number, tci: number): void {
    this.view.setUint16(offsets.vlan_proto, protocol, false);
    this.set("vlan_tci", tci);
  }

  get hasVlanTag(): boolean {
    return this.get("vlan_tci") !== 0 || this.get("vlan_proto") !== 0;
  }

  /** skb_vlan_push */
  pushVlan(protocol: number, tci: number): number {
    if (this.hasVlanTag) {
      const outer = this.view.getUint16(offsets.vlan_proto, false);
      if (!this.packet.insertVlan(outer, this.get("vlan_tci"))) return -errno.ENOMEM;
      this.setProtocol(outer);
    }
    this.setVlanTag(protocol, tci);
    return 0;
  }

  /** skb_vlan_pop */
  popVlan(): number {
    if (this.hasVlanTag) this.setVlanTag(0, 0);
    else if (!isVlan(this.protocol)) return 0;
    else {
      const removed = this.packet.removeVlan();
      if (typeof removed === "number") return removed;
      this.setProtocol(removed.protocol);
    }
    if (!isVlan(this.protocol)) return 0;
    const outer = this.protocol;
    const next = this.packet.removeVlan();
    if (typeof next === "number") return next;
    this.setProtocol(next.protocol);
    this.setVlanTag(outer, next.tci);
    return 0;
  }

  /** bpf_csum_level: asks (0), adds one (1), takes one away (2) or forgets them (3). */
  checksumLevel(level: bigint): number {
    switch (level) {
      case 0n:
        return this.checksums < 0 ? -errno.EACCES : this.checksums;
      case 1n:
        this.checksums = Math.min(3, this.checksums + 1);
        return 0;
      case 2n:
        this.checksums = Math.max(-1, this.checksums - 1);
        return 0;
      case 3n:
        this.checksums = -1;
        return 0;
      default:
        return -errno.EINVAL;
    }
  }
}

function readUnsigned(view: DataView, offset: number, size: number): number {
  if (size === 1) return view.getUint8(offset);
  return size === 2 ? view.getUint16(offset, true) : view.getInt32(offset, true);
}

function writeUnsigned(view: DataView, offset: number, size: number, low: number, high: number): void {
  if (size === 1) view.setUint8(offset, low);
  else if (size === 2) view.setUint16(offset, low, true);
  else view.setInt32(offset, low, true);
  if (size === 8) view.setInt32(offset + 4, high, true);
}

/** eth_type_trans on the loopback interface, whose own and whose broadcast address are zero. */
function packetType(packet: Uint8Array): number {
  const dest = packet.subarray(0, 6);
  if (dest.every((byte) => byte === 0)) return PACKET_HOST;
  return ((dest[0] ?? 0) & 1) !== 0 ? PACKET_MULTICAST : PACKET_OTHERHOST;
}

/** eth_type_trans: what is no type is a length, and means raw IEEE 802.3 (1) or 802.2 (4). */
function protocolOf(packet: Uint8Array): number {
  const type = ((packet[12] ?? 0) << 8) | (packet[13] ?? 0);
  if (type >= 0x600) return type;
  return packet[14] === 0xff && packet[15] === 0xff ? 1 : 4;
}
