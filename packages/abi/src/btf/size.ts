// Size and alignment of BTF types in memory, on 64-bit machines. Takes types whose references are in range and without a
// type inside of itself (what decoding ensures); a type without a size (void, functions, forward declarations) has none.
import type { BtfId, BtfType } from "./types.ts";

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

/** Whether a struct or union lies as no C compiler would put it without `packed`: at 1, not at its members' alignment. */
function isPacked(types: readonly BtfType[], type: Extract<BtfType, { kind: "struct" | "union" }>): boolean {
  let widest = 1;
  for (const member of type.members) {
    const align = alignOfBtf(types, member.type);
    widest = Math.max(widest, align);
    if (member.bitSize === 0 && (member.bitOffset / 8) % align !== 0) return true;
    if (member.bitSize > 0) {
      const unit = (sizeOfBtf(types, member.type) ?? 1) * 8;
      if ((member.bitOffset % unit) + member.bitSize > unit) return true;
    }
  }
  return type.size % widest !== 0;
}

/** Alignment of a type in bytes, as C has it; 1 for what has no size, and for packed structs. */
export function alignOfBtf(types: readonly BtfType[], id: BtfId): number {
  const type = resolveBtf(types, id);
  switch (type?.kind) {
    case "int":
    case "float":
    case "enum":
    case "enum64":
      return Math.max(1, type.size);
    case "ptr":
      return 8;
    case "array":
      return alignOfBtf(types, type.type);
    case "struct":
    case "union":
      return isPacked(types, type) ? 1 : Math.max(1, ...type.members.map((one) => alignOfBtf(types, one.type)));
    default:
      return 1;
  }
}
