// Places in memory: where a field or an item lies. Constant offsets are folded; an index that is not constant plants its
// check, and in a packet is checked again against the packet's end, since the kernel forgets a bounds check when a
// variable is added to the pointer (kernel/bpf/verifier.c, adjust_ptr_min_max_vals: a new id, no range).
import type { Layout, Span } from "@typebpf/abi";
import type { ElementExpr, Expr, FieldExpr } from "../ast/nodes.ts";
import type { ValueId } from "../ir/function.ts";
import { addBytes, addPointer, assert, binaryConstant, constant } from "./emit.ts";
import type { Lowering } from "./lowering.ts";
import type { Address } from "./memory.ts";
import { packetEnd } from "./packet-bounds.ts";

/** The place that a ref points to, without adding constant offsets to the pointer. */
export function refAddress(l: Lowering, ref: Expr): Address {
  if (ref.kind === "global") return { base: sectionStart(l, ref.section, ref.at), offset: ref.offset };
  const isPlace = (ref.kind === "field" || ref.kind === "element") && ref.type.kind === "ref";
  return isPlace ? addressOf(l, ref) : { base: l.scalar(ref), offset: 0 };
}

/** The address of a section of global data: its variables share it. */
export function sectionStart(l: Lowering, name: string, at: Span): ValueId {
  return l.build.define({ op: "address", of: "section", name, offset: 0, type: "ptr.mapValue", at });
}

/** The place of a member of a struct or an item of an array. */
export function addressOf(l: Lowering, place: FieldExpr | ElementExpr): Address {
  const object = refAddress(l, place.object);
  if (place.kind === "field") return { base: object.base, offset: object.offset + (place.field?.offset ?? 0) };
  return elementAddress(l, object, place);
}

function elementAddress(l: Lowering, object: Address, place: ElementExpr): Address {
  const { build } = l;
  const at = place.index.at;
  const index = l.scalar(place.index);
  assert(build, index, { kind: "index", length: place.length, ...partOf(place) }, at);
  const stride = place.stride ?? place.layout.size;
  const known = build.definition(index);
  if (known?.op === "const") {
    const item = BigInt.asIntN(64, known.value);
    // Out of bounds is an error of analyze's; the place then does not matter.
    const inside = item >= 0n && item < BigInt(place.length);
    return { base: object.base, offset: object.offset + (inside ? Number(item) * stride : 0) };
  }
  const bytes = scaled(l, index, stride, at);
  const base = addPointer(build, object.base, bytes, at);
  if (build.typeOf(base) === "ptr.packet") recheck(l, base, object.offset + place.layout.size, at);
  return { base, offset: object.offset };
}

/** What the message says that must fit at an offset. */
function partOf({ stride, layout, type }: ElementExpr): { readonly part?: string } {
  if (stride === undefined) return {};
  const count = layout.kind === "array" && type.kind === "ref" ? layout.length : layout.size / stride;
  const isItems = stride > 1 || layout.kind === "array";
  return { part: `${count} ${isItems ? "item" : "byte"}${count === 1 ? "" : "s"}` };
}

/** An index as a distance in bytes. */
export function scaled(l: Lowering, index: ValueId, size: number, at: Span): ValueId {
  if (size === 1) return index;
  const shift = Math.log2(size);
  return Number.isInteger(shift)
    ? binaryConstant(l.build, "shl64", index, shift, at)
    : binaryConstant(l.build, "mul64", index, size, at);
}

/** Leaves the program where `bytes` after the pointer do not lie in the packet, which cannot happen. */
function recheck(l: Lowering, pointer: ValueId, bytes: number, at: Span): void {
  const { build } = l;
  const limit = addPointer(build, pointer, constant(build, bytes, at), at);
  const inside = build.block();
  build.branch("ugt64", limit, packetEnd(l, at), l.failure(), inside, at);
  build.enterSealed(inside);
}

/** The pointer to a place. */
export function pointerTo(l: Lowering, address: Address, at: Span): ValueId {
  return addBytes(l.build, address.base, address.offset, at);
}

/** Fresh memory on the stack, not initialised. Aligned to 8, so that any scalar in it may be accessed. */
export function stackPlace(l: Lowering, layout: Layout, name: string, at: Span): Address {
  const slot = l.build.slot({ size: Math.max(1, layout.size), align: 8, name, at });
  return { base: l.build.define({ op: "slot", slot, type: "ptr.stack", at }), offset: 0 };
}
