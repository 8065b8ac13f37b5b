// Checked memory. Every region lies alone in its own 4 GiB of a virtual 64-bit address space, so that a pointer that
// leaves its region meets nothing else, however far it goes; each access is checked against the region's bounds.
//
//   63            52 51            32 31                             0
//  +----------------+----------------+--------------------------------+
//  |    segment     |      slot      |       0x40000000 + offset      |
//  +----------------+----------------+--------------------------------+
//
// A segment holds regions of one kind and size: the values of a map, the frames of the stack. Segment 0 is null.
import { Fault } from "./fault.ts";

/** The upper half of addresses of functions: no segment has it. */
export const FUNCTION_HIGH = 0x7ff0_0000;
/** Offset 0 of a region, in the lower half of an address; far from both ends, so that offsets never carry. */
export const REGION_START = 0x4000_0000;
/** Most regions of one segment. */
export const MAX_SLOTS = 1 << 20;
const SLOT_MASK = MAX_SLOTS - 1;
const SEGMENT_SHIFT = 20;
/** Addresses above belong to no segment: small negative numbers are no pointers. */
const MAX_SEGMENTS = 2048;

export type SegmentKind = "packet" | "stack" | "context" | "value" | "map" | "memory" | "dynptr";

/** Regions of one kind. The offsets `low` to `high` of each of the first `slots` regions exist. */
export interface Segment {
  readonly kind: SegmentKind;
  /** For people: "the packet", 'a value of map "blocked"'. */
  readonly name: string;
  bytes: Uint8Array;
  view: DataView;
  /** Bytes from one region to the next in `bytes`. */
  readonly stride: number;
  low: number;
  high: number;
  slots: number;
  /** Nonzero for slots that exist; without it, all do. */
  live: Uint8Array | undefined;
  readonly writable: boolean;
  /** Whether the kernel allows atomic operations here. */
  readonly atomics: boolean;
}

/** A segment over `bytes`; everything else has a default. */
export function segment(
  kind: SegmentKind,
  name: string,
  bytes: Uint8Array,
  more: Partial<Omit<Segment, "kind" | "name" | "bytes" | "view">> = {},
): Segment {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const {
    stride = bytes.length,
    low = 0,
    high = bytes.length,
    slots = 1,
    live,
    writable = true,
    atomics = true,
  } = more;
  return { kind, name, bytes, view, stride, low, high, slots, live, writable, atomics };
}

/** Upper half of the addresses of a region. */
export function addressHigh(index: number, slot: number): number {
  return (index << SEGMENT_SHIFT) | slot;
}

function hexAddress(high: number, low: number): string {
  return `0x${(high >>> 0).toString(16)}${(low >>> 0).toString(16).padStart(8, "0")}`;
}

function signed(offset: number): string {
  return offset < 0 ? `- ${-offset}` : `+ ${offset}`;
}

/** Where an address lies, in words: "the packet + 34", "the stack, r10 - 8". */
function placeOf(one: Segment, at: number): string {
  if (one.kind === "stack") return `${one.name}, r10 ${signed(at - one.stride)}`;
  return `${one.name} ${signed(at - (one.kind === "packet" ? one.low : 0))}`;
}

/** All memory that a program can reach. */
export class Memory {
  private readonly segments: (Segment | undefined)[] = [undefined];
  /** The segment of the last access that was located. */
  found: Segment = segment("memory", "no memory", new Uint8Array(0));

  /** Adds a segment and gives its index. */
  add(one: Segment): number {
    if (this.segments.length >= MAX_SEGMENTS)
      throw new Fault("unsimulatedMap", "the simulator's address space is used up");
    this.segments.push(one);
    return this.segments.length - 1;
  }

  /** Takes a segment away; addresses in it are then no addresses. */
  remove(index: number): void {
    this.segments[index] = undefined;
    while (this.segments.length > 1 && this.segments.at(-1) === undefined) this.segments.pop();
  }

  /** The segment that an address would lie in. */
  segmentAt(high: number): Segment | undefined {
    return this.segments[high >>> SEGMENT_SHIFT];
  }

  /**
   * Index in `found.bytes` of `size` bytes to read at address + offset, or -1 in the context, which is no plain memory.
   * Throws a Fault for anything that is not wholly inside of a living region.
   */
  locate(high: number, low: number, offset: number, size: number): number {
    const one = this.segments[high >>> SEGMENT_SHIFT];
    const slot = high & SLOT_MASK;
    const at = (low >>> 0) - REGION_START + offset;
    if (one === undefined || at < one.low || at + size > one.high || slot >= one.slots) {
      return this.refuse("read", one, high, low, offset, size);
    }
    if (one.live !== undefined && one.live[slot] === 0) return this.refuse("read", one, high, low, offset, size);
    this.found = one;
    return slot * one.stride + at;
  }

  /** The same for bytes to write. */
  locateWrite(high: number, low: number, offset: number, size: number): number {
    const one = this.segments[high >>> SEGMENT_SHIFT];
    const slot = high & SLOT_MASK;
    const at = (low >>> 0) - REGION_START + offset;
    if (one === undefined || at < one.low || at + size > one.high || slot >= one.slots || !one.writable) {
      return this.refuse("write", one, high, low, offset, size);
    }
    if (one.live !== undefined && one.live[slot] === 0) return this.refuse("write", one, high, low, offset, size);
    this.found = one;
    return slot * one.stride + at;
  }

  /** The same for an atomic operation. */
  locateAtomic(high: number, low: number, offset: number, size: number): number {
    const index = this.locateWrite(high, low, offset, size);
    if (index < 0 || !this.found.atomics) {
      throw new Fault("atomicNotAllowed", `atomic operation on ${index < 0 ? "the context" : this.found.name}`);
    }
    const at = (low >>> 0) - REGION_START + offset;
    if (at % size !== 0) {
      const notes = [`the address is ${placeOf(this.found, at)}; it must be a multiple of ${size}`];
      throw new Fault("misalignedAtomic", `atomic operation of ${size} bytes on an address that is not aligned`, notes);
    }
    return index;
  }

  /** The bytes themselves, for helpers: a view, not a copy. */
  bytes(high: number, low: number, size: number, access: "read" | "write"): Uint8Array {
    const index = access === "read" ? this.locate(high, low, 0, size) : this.locateWrite(high, low, 0, size);
    if (index < 0) throw new Fault("helperArgument", "a helper was given the context as memory");
    return this.found.bytes.subarray(index, index + size);
  }

  private refuse(
    access: "read" | "write",
    one: Segment | undefined,
    high: number,
    low: number,
    offset: number,
    size: number,
  ): number {
    if (one?.kind === "context" && (high & SLOT_MASK) === 0) return -1;
    const what = `${access} of ${size} byte${size === 1 ? "" : "s"}`;
    if (high === 0) {
      const notes = [`the pointer is ${low >>> 0 === 0 ? "null" : hexAddress(high, low)}, the offset ${offset}`];
      throw new Fault("nullPointer", `${what} through a null pointer`, notes);
    }
    if (one === undefined || one.kind === "map" || (high & SLOT_MASK) >= MAX_SLOTS) {
      const notes = [`the register holds ${hexAddress(high, low)}${one ? `, ${one.name}` : ""}`];
      throw new Fault("notAnAddress", `${what} through a value that is no address`, notes);
    }
    const slot = high & SLOT_MASK;
    const at = (low >>> 0) - REGION_START + offset;
    const notes = [`the address is ${placeOf(one, at)}`];
    if (slot >= one.slots || one.live?.[slot] === 0) {
      throw new Fault("freedMemory", `${what} in ${one.name}, which no longer exists`, notes);
    }
    if (at >= one.low && at + size <= one.high) throw new Fault("readOnlyMemory", `${what} in ${one.name}`, notes);
    notes.push(`${one.name} has ${one.high - one.low} bytes`);
    throw new Fault("outOfBounds", `${what} outside of ${one.name}`, notes);
  }
}
