// How a struct or union must be written in C so that a compiler lays it out as BTF says: its members in order, with
// padding where the compiler would put the next one too early, and `packed` where it would put one too late. Follows the
// C ABI of 64-bit little-endian Linux; padding has the alignment 1, so that it changes nothing else.
import { alignOfBtf, sizeOfBtf } from "./size.ts";
import type { BtfComposite, BtfId, BtfMember, BtfType } from "./types.ts";

/** One line of a struct: a member, or padding of some bits (at most 8) or bytes. */
export type CPart =
  | { readonly kind: "member"; readonly index: number }
  | { readonly kind: "bits" | "bytes"; readonly count: number };

/** A struct as C has it. */
export interface CLayout {
  readonly packed: boolean;
  readonly parts: readonly CPart[];
}

/** A list of types, with the alignments that are known already. */
export interface World {
  readonly types: readonly BtfType[];
  readonly known: Map<BtfId, number>;
}

const alignUp = (value: number, align: number): number => Math.ceil(value / align) * align;

/** Padding from one bit to another. */
function padding(from: number, to: number): readonly CPart[] {
  const parts: CPart[] = [];
  const bits = (count: number): void => void (count > 0 && parts.push({ kind: "bits", count }));
  const boundary = Math.min(alignUp(from, 8), to);
  bits(boundary - from);
  const bytes = Math.floor((to - boundary) / 8);
  if (bytes > 0) parts.push({ kind: "bytes", count: bytes });
  bits(to - boundary - bytes * 8);
  return parts;
}

/** The bit at which C puts a member, when everything before it ends at `end`. */
function naturalBit({ types, known }: World, member: BtfMember, end: number, packed: boolean): number {
  const size = (sizeOfBtf(types, member.type) ?? 0) * 8;
  if (member.bitSize === 0) return alignUp(end, packed ? 8 : alignOfBtf(types, member.type, known) * 8);
  return packed || (end % size) + member.bitSize <= size ? end : alignUp(end, size);
}

function unionLayoutInC({ types, known }: World, type: BtfComposite, packed: boolean): CLayout | undefined {
  if (type.members.some((member) => member.bitOffset !== 0)) return undefined;
  const parts: CPart[] = type.members.map((_, index) => ({ kind: "member", index }));
  const bytes = type.members.map((one) => (one.bitSize > 0 ? Math.ceil(one.bitSize / 8) : sizeOfBtf(types, one.type)));
  const align = packed ? 1 : Math.max(1, ...type.members.map((one) => alignOfBtf(types, one.type, known)));
  const size = alignUp(Math.max(0, ...bytes.map((one) => one ?? 0)), align);
  if (size < type.size) parts.push({ kind: "bytes", count: type.size });
  return { packed, parts };
}

/** How to write a struct or union; undefined where C has no way: members that overlap, or that go backwards. */
export function layoutInC(world: World, id: BtfId, type: BtfComposite): CLayout | undefined {
  const { types, known } = world;
  const widest = Math.max(1, ...type.members.map((member) => alignOfBtf(types, member.type, known)));
  const packed = widest > 1 && alignOfBtf(types, id, known) === 1;
  if (type.kind === "union") return unionLayoutInC(world, type, packed);
  const parts: CPart[] = [];
  let end = 0;
  for (const [index, member] of type.members.entries()) {
    if (member.bitOffset < end) return undefined;
    if (naturalBit(world, member, end, packed) !== member.bitOffset) {
      parts.push(...padding(end, member.bitOffset));
      if (naturalBit(world, member, member.bitOffset, packed) !== member.bitOffset) return undefined;
    }
    parts.push({ kind: "member", index });
    end = member.bitOffset + (member.bitSize || (sizeOfBtf(types, member.type) ?? 0) * 8);
  }
  const bytes = Math.ceil(end / 8);
  if (alignUp(bytes, packed ? 1 : widest) < type.size) parts.push({ kind: "bytes", count: type.size - bytes });
  return { packed, parts };
}
