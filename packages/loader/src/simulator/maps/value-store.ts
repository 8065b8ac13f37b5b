// Where a map's values lie: numbered slots of one size in segments of the simulated memory. Slots of growing stores
// come to life and die in groups, one slot for each copy of a value; a dead slot stays readable until the run ends, as memory does in the kernel until all
// programs that may hold a pointer to it are over (RCU).
import type { MapSpec } from "@typebpf/abi";
import { Fault } from "../fault.ts";
import { addressHigh, MAX_SLOTS, type Memory, type Segment, segment } from "../memory.ts";
import { mapFlags } from "./map.ts";

/** Most bytes that the values of one map may take. */
const MAX_BYTES = 2 ** 30;
const FIRST_SLOTS = 64;

const DEAD = 2;
const LIVE = 1;

function roundUp(size: number): number {
  return Math.ceil(size / 8) * 8;
}

export class ValueStore {
  /** Bytes of one value as the program sees it. */
  readonly size: number;
  /** Bytes from one value to the next. */
  readonly stride: number;
  private readonly memory: Memory;
  private readonly name: string;
  private readonly copies: number;
  private readonly writable: boolean;
  private readonly segments: { readonly index: number; readonly segment: Segment }[] = [];
  private readonly free: number[] = [];
  private readonly dead: number[] = [];
  private used = 0;

  /** `slots` of values exist from the beginning; stores of growing maps start with 0. A group has `copies` slots. */
  constructor(memory: Memory, spec: MapSpec, slots: number, copies = 1, name = `a value of map "${spec.name}"`) {
    this.memory = memory;
    this.copies = copies;
    this.size = spec.value.size;
    this.stride = roundUp(this.size);
    this.name = name;
    this.writable = (spec.flags & mapFlags.readOnlyForPrograms) === 0;
    if (slots * this.stride > MAX_BYTES) {
      throw new Fault(
        "unsimulatedMap",
        `map "${spec.name}" needs ${slots * this.stride} bytes; the simulator gives ${MAX_BYTES}`,
      );
    }
    for (let made = 0; made < slots; made += MAX_SLOTS) this.addSegment(Math.min(slots - made, MAX_SLOTS), undefined);
    this.used = slots;
  }

  private addSegment(slots: number, live: Uint8Array | undefined): Segment {
    const bytes = new Uint8Array(slots * this.stride);
    const options = { stride: this.stride, high: this.size, slots, live, writable: this.writable };
    const made = segment("value", this.name, bytes, options);
    this.segments.push({ index: this.memory.add(made), segment: made });
    return made;
  }

  private holder(slot: number): { readonly index: number; readonly segment: Segment } {
    const held = this.segments[Math.floor(slot / MAX_SLOTS)];
    if (!held) throw new Error(`simulator: no slot ${slot} in ${this.name}`);
    return held;
  }

  /** Upper half of the address of a value. */
  high(slot: number): number {
    return addressHigh(this.holder(slot).index, slot % MAX_SLOTS);
  }

  /** The bytes of `count` values from a slot on: a view. All must lie in one segment. */
  view(slot: number): Uint8Array {
    const start = (slot % MAX_SLOTS) * this.stride;
    return this.holder(slot).segment.bytes.subarray(start, start + this.stride);
  }

  private grow(slot: number): void {
    const last = this.segments[Math.floor(slot / MAX_SLOTS)];
    const within = slot % MAX_SLOTS;
    if (!last) {
      this.addSegment(FIRST_SLOTS, new Uint8Array(FIRST_SLOTS));
      return;
    }
    const { segment: one } = last;
    if (within < one.slots) return;
    const slots = Math.min(one.slots * 2, MAX_SLOTS);
    const bytes = new Uint8Array(slots * this.stride);
    bytes.set(one.bytes);
    const live = new Uint8Array(slots);
    live.set(one.live ?? []);
    one.bytes = bytes;
    one.view = new DataView(bytes.buffer);
    one.live = live;
    one.slots = slots;
  }

  private mark(slot: number, state: number): void {
    const { live } = this.holder(slot).segment;
    if (live) live[slot % MAX_SLOTS] = state;
  }

  /** A new group of slots, all zero; gives the first. */
  allocate(): number {
    const first = this.free.pop() ?? this.used;
    if (first === this.used) this.used += this.copies;
    if ((first + this.copies) * this.stride > MAX_BYTES)
      throw new Fault("unsimulatedMap", `${this.name}: the simulator's memory is used up`);
    for (let slot = first; slot < first + this.copies; slot++) {
      this.grow(slot);
      this.mark(slot, LIVE);
      this.view(slot).fill(0);
    }
    return first;
  }

  /** Gives a group of slots up; it can be read until `endRun`. */
  release(first: number): void {
    for (let slot = first; slot < first + this.copies; slot++) this.mark(slot, DEAD);
    this.dead.push(first);
  }

  /** Gives a group of slots up at once. */
  discard(first: number): void {
    for (let slot = first; slot < first + this.copies; slot++) this.mark(slot, 0);
    this.free.push(first);
  }

  /** Released slots are gone, and used again. */
  endRun(): void {
    for (const first of this.dead) {
      for (let slot = first; slot < first + this.copies; slot++) this.mark(slot, 0);
      this.free.push(first);
    }
    this.dead.length = 0;
  }
}
