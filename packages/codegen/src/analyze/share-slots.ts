// Stack economy: variables and temporaries that never live at the same time share memory. Takes lowered IR; gives the same
// function with fewer slots, where each smaller one is a part of the larger one whose place it takes. It runs before any
// optimisation, so that what fits does not depend on the level, and only where the stack is short: memory that is not
// shared is easier to optimise.
import { resultOf } from "../ir/cfg.ts";
import type { Inst, IrFunction, Slot, SlotId, ValueId } from "../ir/function.ts";
import { slotInterference } from "../ir/slot-liveness.ts";
import { checkSharing } from "./share-slots-check.ts";

/** Up to so many bytes every variable has memory of its own. */
const roomy = 256;

/** Where a slot lies within another. */
export interface SharedPlace {
  readonly host: SlotId;
  readonly offset: number;
}

/** Bytes that a slot takes of the frame. */
export function frameBytes(slot: Slot): number {
  return Math.ceil(slot.size / 8) * 8;
}

/** Bytes of all slots that some instruction makes. */
export function stackBytes(fn: IrFunction): number {
  return usedSlots(fn).reduce((sum, slot) => sum + frameBytes(slot), 0);
}

/** Slots that some instruction makes. */
export function usedSlots(fn: IrFunction): readonly Slot[] {
  const used = new Set(fn.blocks.flatMap((block) => block.insts.flatMap((i) => (i.op === "slot" ? [i.slot] : []))));
  return fn.slots.filter((slot) => used.has(slot.id));
}

/** The function with shared slots where its own would need more than `limit` bytes. @throws Error where sharing is wrong. */
export function shareSlots(fn: IrFunction, limit: number = roomy): IrFunction {
  if (stackBytes(fn) <= limit) return fn;
  const places = placeSlots(fn);
  const shared = rewrite(fn, places);
  const wrong = checkSharing(fn, places);
  if (wrong !== undefined) throw new Error(`analyze: ${wrong}`);
  return shared;
}

/** Gives every slot a place, the largest first: in the first host where nothing lives that it must not touch. */
function placeSlots(fn: IrFunction): ReadonlyMap<SlotId, SharedPlace> {
  const pairs = slotInterference(fn);
  const places = new Map<SlotId, SharedPlace>();
  const hosts: { readonly slot: Slot; readonly inside: { readonly slot: Slot; readonly offset: number }[] }[] = [];
  const ordered = [...usedSlots(fn)].sort((a, b) => b.size - a.size || a.id - b.id);
  for (const slot of ordered) {
    const others = pairs.get(slot.id);
    let found: SharedPlace | undefined;
    for (const host of hosts) {
      const taken = host.inside.filter((one) => others?.has(one.slot.id));
      const offset = firstGap(frameBytes(slot), frameBytes(host.slot), taken);
      if (offset === undefined) continue;
      host.inside.push({ slot, offset });
      found = { host: host.slot.id, offset };
      break;
    }
    if (!found) hosts.push({ slot, inside: [{ slot, offset: 0 }] });
    places.set(slot.id, found ?? { host: slot.id, offset: 0 });
  }
  return places;
}

/** The first multiple of 8 where `size` bytes are free of what is taken. */
function firstGap(
  size: number,
  end: number,
  taken: readonly { readonly slot: Slot; readonly offset: number }[],
): number | undefined {
  for (let offset = 0; offset + size <= end; offset += 8) {
    const free = taken.every((one) => one.offset >= offset + size || offset >= one.offset + frameBytes(one.slot));
    if (free) return offset;
  }
  return undefined;
}

function rewrite(fn: IrFunction, places: ReadonlyMap<SlotId, SharedPlace>): IrFunction {
  let last = -1;
  for (const block of fn.blocks) {
    for (const param of block.params) last = Math.max(last, param.value);
    for (const inst of block.insts) last = Math.max(last, resultOf(inst)?.value ?? -1);
  }
  const fresh = (): ValueId => ++last;
  const moved = (inst: Inst): readonly Inst[] => {
    const place = inst.op === "slot" ? places.get(inst.slot) : undefined;
    if (inst.op !== "slot" || !place) return [inst];
    if (place.offset === 0) return [{ ...inst, slot: place.host }];
    const [base, bytes] = [fresh(), fresh()];
    const { at, type, result } = inst;
    return [
      { ...inst, result: base, slot: place.host },
      { op: "const", result: bytes, type: "i64", value: BigInt(place.offset), at },
      { op: "ptradd", result, type, args: [base, bytes], at },
    ];
  };
  const hosts = new Set([...places.values()].map((place) => place.host));
  const guests = (host: SlotId): number => [...places.values()].filter((place) => place.host === host).length - 1;
  const slots = fn.slots.flatMap((slot) => {
    if (!hosts.has(slot.id)) return [];
    const more = guests(slot.id);
    return [
      { ...slot, size: frameBytes(slot), name: more === 0 ? slot.name : `${slot.name} and ${more} in turn with it` },
    ];
  });
  return { ...fn, slots, blocks: fn.blocks.map((block) => ({ ...block, insts: block.insts.flatMap(moved) })) };
}
