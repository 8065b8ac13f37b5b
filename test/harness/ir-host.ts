// What surrounds a function that the IR interpreter runs: a packet with room around it, the context, maps and helpers.
// Written apart from the simulator. Addresses are a segment's number in the upper half and an offset from 0x1000 below;
// every access outside of a segment throws.
import {
  contexts,
  type DataSection,
  type HelperName,
  type MapSpec,
  type ProgramTypeName,
  sectionBytes,
} from "@typebpf/abi";
import type { InterpreterHost } from "../../packages/codegen/src/ir/interpret.ts";
import { IrMap } from "./ir-maps.ts";
import { type IrRecord, IrRing } from "./ir-ring.ts";
import { IrSkb } from "./ir-skb.ts";

const headroom = 256;
const tailroom = 320;
const firstOffset = 0x1000n;
const minimumPacket = 14;
const EINVAL = -22;

interface Segment {
  bytes: Uint8Array;
  /** Accesses below `low` and from `high` on are outside. */
  low: number;
  high: number;
}

/** One interpreter's world. Maps keep their entries between runs. */
export class IrHost implements InterpreterHost {
  readonly maps: ReadonlyMap<string, IrMap>;
  readonly rings: ReadonlyMap<string, IrRing>;
  readonly #ringAt = new Map<bigint, IrRing>();
  readonly #records = new Map<bigint, IrRecord>();
  readonly #segments: Segment[] = [{ bytes: new Uint8Array(0), low: 0, high: 0 }];
  readonly #handles = new Map<bigint, IrMap>();
  readonly #values = new Map<Uint8Array, bigint>();
  readonly #contextBase: bigint;
  readonly #packet: Segment;
  readonly #packetBase: bigint;
  #data = 0;
  #skb: IrSkb | undefined;
  #fields: Readonly<Record<string, number>> = {};
  #clock = 1_000_000_000n;

  /** Bytes of global data, by section. */
  readonly sections: ReadonlyMap<string, Uint8Array>;
  readonly #sectionAt = new Map<string, bigint>();

  constructor(specs: readonly MapSpec[], sections: readonly DataSection[] = []) {
    this.sections = new Map(sections.map((one) => [one.name, sectionBytes(one)]));
    const isRing = ({ type }: MapSpec): boolean => type === "ringBuffer";
    this.maps = new Map(specs.filter((spec) => !isRing(spec)).map((spec) => [spec.name, new IrMap(spec)]));
    this.rings = new Map(specs.filter(isRing).map((spec) => [spec.name, new IrRing(spec)]));
    this.#contextBase = this.#add(new Uint8Array(0));
    this.#packetBase = this.#add(new Uint8Array(0));
    this.#packet = this.#segmentOf(this.#packetBase);
    for (const map of this.maps.values()) this.#handles.set(this.#add(new Uint8Array(0)), map);
    for (const ring of this.rings.values()) this.#ringAt.set(this.#add(new Uint8Array(0)), ring);
  }

  address(of: "section" | "map", name: string): bigint {
    if (of === "map") {
      const value = this.maps.get(name)?.lookup(new Uint8Array(4));
      if (!value) throw new Error(`no map ${name}`);
      return this.#valueAddress(value);
    }
    const bytes = this.sections.get(name);
    if (!bytes) throw new Error(`no section ${name}`);
    const known = this.#sectionAt.get(name) ?? this.#add(bytes);
    this.#sectionAt.set(name, known);
    return known;
  }

  #add(bytes: Uint8Array): bigint {
    this.#segments.push({ bytes, low: 0, high: bytes.length });
    return (BigInt(this.#segments.length - 1) << 32n) + firstOffset;
  }

  #segmentOf(address: bigint): Segment {
    const segment = this.#segments[Number(address >> 32n)];
    if (!segment) throw new Error(`no memory at ${address.toString(16)}`);
    return segment;
  }

  #view(address: bigint, size: number): DataView {
    const { bytes, low, high } = this.#segmentOf(address);
    const offset = Number((address & 0xffff_ffffn) - firstOffset);
    if (offset < low || offset + size > high)
      throw new Error(`access of ${size} bytes at ${offset}, outside of ${low} to ${high}`);
    return new DataView(bytes.buffer, bytes.byteOffset + offset, size);
  }

  #bytes(address: bigint, size: number): Uint8Array {
    const view = this.#view(address, size);
    return new Uint8Array(view.buffer, view.byteOffset, size);
  }

  /** Puts a packet in place; gives the address of the context. */
  begin(packet: Uint8Array, fields: Readonly<Record<string, number>>, program: ProgramTypeName = "xdp"): bigint {
    this.#packet.bytes = new Uint8Array(headroom + packet.length + tailroom);
    this.#packet.bytes.set(packet, headroom);
    this.#packet.low = headroom;
    this.#packet.high = headroom + packet.length;
    this.#data = headroom;
    this.#skb = program === "xdp" ? undefined : new IrSkb(this.#packet, this.#packetBase, program, fields);
    this.#fields = { ingressIfindex: 1, rxQueueIndex: 0, ...fields };
    return this.#contextBase;
  }

  /** Fields of the context that a test run gives back. */
  get context(): Readonly<Record<string, string>> {
    return this.#skb?.context ?? {};
  }

  /** The packet as it is now. */
  get packet(): Uint8Array {
    return this.#packet.bytes.slice(this.#data, this.#packet.high);
  }

  allocate(size: number): bigint {
    // As on a real stack, whatever was there: reading before writing must show.
    return this.#add(new Uint8Array(size).fill(0xa5));
  }

  load(address: bigint, size: 1 | 2 | 4 | 8): bigint {
    const view = this.#view(address, size);
    if (size === 8) return view.getBigUint64(0, true);
    return BigInt(size === 1 ? view.getUint8(0) : size === 2 ? view.getUint16(0, true) : view.getUint32(0, true));
  }

  store(address: bigint, size: 1 | 2 | 4 | 8, value: bigint): void {
    if (this.#skb && address >> 32n === this.#contextBase >> 32n) {
      this.#skb.store(Number(address - this.#contextBase), size, value);
      return;
    }
    const view = this.#view(address, size);
    if (size === 8) view.setBigUint64(0, value, true);
    else if (size === 4) view.setUint32(0, Number(value), true);
    else if (size === 2) view.setUint16(0, Number(value), true);
    else view.setUint8(0, Number(value));
  }

  loadContext(context: bigint, offset: number, size: number): bigint {
    if (this.#skb && context === this.#contextBase) return this.#skb.load(offset, size);
    const field = contexts.xdp_md.fields.find((one) => one.offset === offset && one.size === size);
    if (context !== this.#contextBase || !field) throw new Error(`no field of ${size} bytes at ${offset}`);
    if (field.is === "packet") return this.#packetBase + BigInt(this.#data);
    if (field.is === "packetEnd") return this.#packetBase + BigInt(this.#packet.high);
    if (field.is === "packetMeta") return this.#packetBase + BigInt(this.#packet.low);
    const value = "as" in field ? this.#fields[field.as] : undefined;
    if (value === undefined) throw new Error(`the field ${field.name} has no value`);
    return BigInt(value);
  }

  map(name: string): bigint {
    for (const [handle, map] of [...this.#handles, ...this.#ringAt]) if (map.spec.name === name) return handle;
    throw new Error(`no map ${name}`);
  }

  #mapAt(handle: bigint): IrMap {
    const map = this.#handles.get(handle);
    if (!map) throw new Error(`no map at ${handle.toString(16)}`);
    return map;
  }

  #ring(handle: bigint): IrRing {
    const ring = this.#ringAt.get(handle);
    if (!ring) throw new Error(`no ring at ${handle.toString(16)}`);
    return ring;
  }

  #reserve(ring: IrRing, size: bigint, flags: bigint): bigint {
    const record = flags === 0n ? ring.reserve(Number(size)) : undefined;
    if (!record) return 0n;
    const address = this.#add(record.bytes);
    this.#records.set(address, record);
    return address;
  }

  /** The record is out of reach from now on. */
  #release(address: bigint, state: "submitted" | "discarded"): bigint {
    const record = this.#records.get(address);
    if (!record) throw new Error(`no record at ${address.toString(16)}`);
    record.state = state;
    this.#records.delete(address);
    this.#segmentOf(address).high = 0;
    return 0n;
  }

  #valueAddress(bytes: Uint8Array): bigint {
    const address = this.#values.get(bytes) ?? this.#add(bytes);
    this.#values.set(bytes, address);
    return address;
  }

  #adjust(end: "head" | "tail" | "meta", delta: number): number {
    const { low, high, bytes } = this.#packet;
    if (end === "head") {
      const data = this.#data + delta;
      if (data < 40 || data > high - minimumPacket || low !== this.#data) return EINVAL;
      this.#data = data;
      this.#packet.low = data;
    } else if (end === "tail") {
      if (high + delta < this.#data + minimumPacket || high + delta > bytes.length) return EINVAL;
      bytes.fill(0, Math.min(high, high + delta), Math.max(high, high + delta));
      this.#packet.high = high + delta;
    } else {
      if (low + delta < 40 || low + delta > this.#data || delta % 4 !== 0) return EINVAL;
      this.#packet.low = low + delta;
    }
    return 0;
  }

  call(
    helper: HelperName,
    args: readonly bigint[],
    run: (address: bigint, args: readonly bigint[]) => bigint = () => {
      throw new Error("nothing runs callbacks here");
    },
  ): bigint {
    const [first = 0n, second = 0n, third = 0n, fourth = 0n] = args;
    const key = (): Uint8Array => this.#bytes(second, this.#mapAt(first).spec.key.size).slice();
    const int = Number(BigInt.asIntN(32, second));
    const ofSkb = this.#skb?.call(helper, args, (address, size) => this.#bytes(address, size));
    if (ofSkb !== undefined) return ofSkb;
    switch (helper) {
      case "mapLookupElem": {
        const found = this.#mapAt(first).lookup(key());
        return found ? this.#valueAddress(found) : 0n;
      }
      case "mapUpdateElem": {
        const value = this.#bytes(third, this.#mapAt(first).spec.value.size);
        return BigInt.asUintN(64, BigInt(this.#mapAt(first).update(key(), value, fourth)));
      }
      case "loop": {
        if (fourth !== 0n) return BigInt.asUintN(64, BigInt(EINVAL));
        const count = first & 0xffff_ffffn;
        if (count > 1n << 23n) return BigInt.asUintN(64, -7n);
        for (let index = 0n; index < count; index++) if (run(second, [index, third]) !== 0n) return index + 1n;
        return count;
      }
      case "forEachMapElem": {
        if (fourth !== 0n) return BigInt.asUintN(64, BigInt(EINVAL));
        let visited = 0n;
        for (const [bytes, value] of this.#mapAt(first).elements()) {
          visited++;
          if (run(second, [first, this.#add(bytes), this.#valueAddress(value), third]) !== 0n) break;
        }
        return visited;
      }
      case "mapDeleteElem":
        return BigInt.asUintN(64, BigInt(this.#mapAt(first).delete(key())));
      // One program runs, and nobody here reads what is traced.
      case "spinLock":
      case "spinUnlock":
      case "tracePrintk":
      case "traceVprintk":
        return 0n;
      case "ringbufReserve":
        return this.#reserve(this.#ring(first), second, third);
      case "ringbufSubmit":
        return this.#release(first, "submitted");
      case "ringbufDiscard":
        return this.#release(first, "discarded");
      case "ringbufOutput":
        return BigInt.asUintN(64, BigInt(this.#ring(first).output(this.#bytes(second, Number(third)), fourth)));
      case "ringbufQuery":
        return BigInt(this.#ring(first).query(second));
      case "xdpAdjustHead":
        return BigInt.asUintN(64, BigInt(this.#adjust("head", int)));
      case "xdpAdjustTail":
        return BigInt.asUintN(64, BigInt(this.#adjust("tail", int)));
      case "xdpAdjustMeta":
        return BigInt.asUintN(64, BigInt(this.#adjust("meta", int)));
      case "xdpGetBuffLen":
        return BigInt(this.#packet.high - this.#data);
      case "ktimeGetNs":
      case "ktimeGetBootNs":
      case "ktimeGetCoarseNs":
      case "ktimeGetTaiNs":
        this.#clock += 1000n;
        return this.#clock;
      case "jiffies64":
        return this.#clock / 4_000_000n;
      case "getPrandomU32":
        this.#clock += 1n;
        return (this.#clock * 0x9e37_79b9n) & 0xffff_ffffn;
      case "getSmpProcessorId":
      case "getNumaNodeId":
        return 0n;
      case "redirect":
        return second === 0n ? 4n : 0n;
      default:
        throw new Error(`the harness has no helper ${helper}`);
    }
  }
}
