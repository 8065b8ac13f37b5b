// Bit fields: `count` bits of a storage unit, as members of a struct. Native units count from the least significant
// bit, big-endian ones from the most significant, so declaration order is the order in the wire's diagrams.
import { bitsLayout } from "@typebpf/abi";
import { checkInteger, layoutOf } from "./define.ts";
import type { Scalar, u8, u16, u32 } from "./scalars.ts";
import type { BitField } from "./schema.ts";

type UpTo8 = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
type UpTo16 = UpTo8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16;

/** The narrowest integer that holds `Count` bits. */
type BitsValue<Count extends number> = Count extends UpTo8 ? u8 : Count extends UpTo16 ? u16 : u32;

/**
 * A bit field: `count` bits of a `unit` (`u8`, `u16`, `u32`, `u16be` or `u32be`). Neighbours of the same unit share it
 * while they fit. Native units fill from the least significant bit, big-endian ones from the most significant.
 */
export function bits<Count extends number>(unit: Scalar<u32>, count: Count): BitField<BitsValue<Count>> {
  const layout = layoutOf(unit, "The unit of a bit field");
  if (layout.kind !== "scalar" || layout.signed || layout.size > 4) {
    throw new TypeError("The unit of a bit field must be u8, u16, u32, u16be or u32be");
  }
  checkInteger(count, 1, layout.size * 8, `The number of bits of a ${layout.name}`);
  return Object.freeze({ layout: bitsLayout(layout, count) }) as BitField<BitsValue<Count>>;
}
