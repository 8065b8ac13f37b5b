// Size and alignment of BTF types in memory, on 64-bit machines. Takes types whose references are in range and without a
// type inside of itself (what decoding ensures); a type without a size (void, functions, forward declarations) has none.
import type { BtfComposite, BtfId, BtfType } from "./types.ts";

/** What qualifiers, typedefs and tags stand for; undefined for `void`. */
export function resolveBtf(types: readonly BtfType[], id: BtfId): BtfType | undefined {
  let type = types[id - 1];
  // Each step leads to another type, so that there are at most as many.
  for (let steps = 0; type && steps < types.length; steps++) {
    switch (type.kind) {
      case "typedef":
      case "const":
      case "volatile":
      case "restrict":
      case "type_tag":
        type = types[type.type - 1];
        break;
      default:
        return type;
    }
  }
  return undefined;
}

/** Bytes of a type; undefined where it has none. */
export function sizeOfBtf(types: readonly BtfType[], id: BtfId): number | undefined {
  const type = resolveBtf(types, id);
  switch (type?.kind) {
    case "int":
    case "float":
    case "enum":
    case "enum64":
    case "struct":
    case "union":
    case "datasec":
      return type.size;
    case "ptr":
      return 8;
    case "array": {
      const item = sizeOfBtf(types, type.type);
      return item === undefined ? undefined : item * type.length;
    }
    default:
      return undefined;
  }
}

type Known = Map<BtfId, number>;

/** At its widest member's alignment; at 1 where no C compiler would put it so without `packed`. */
function compositeAlign(types: readonly BtfType[], { size, members }: BtfComposite, known: Known): number {
  let widest = 1;
  let natural = true;
  for (const { type, bitOffset, bitSize } of members) {
    const align = alignOfBtf(types, type, known);
    const unit = (sizeOfBtf(types, type) ?? 1) * 8;
    widest = Math.max(widest, align);
    if (bitSize > 0 ? (bitOffset % unit) + bitSize > unit : (bitOffset / 8) % align !== 0) natural = false;
  }
  return natural && size % widest === 0 ? widest : 1;
}

/** Alignment of a type in bytes, as C has it; 1 for what has no size, and for packed structs. */
export function alignOfBtf(types: readonly BtfType[], id: BtfId, known: Known = new Map()): number {
  const done = known.get(id);
  if (done !== undefined) return done;
  const type = resolveBtf(types, id);
  let align = 1;
  if (type?.kind === "ptr") align = 8;
  else if (type?.kind === "array") align = alignOfBtf(types, type.type, known);
  else if (type?.kind === "struct" || type?.kind === "union") align = compositeAlign(types, type, known);
  else if (type && "size" in type && type.kind !== "datasec") align = Math.max(1, type.size);
  known.set(id, align);
  return align;
}
