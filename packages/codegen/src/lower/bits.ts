// Where a bit field lies: the smallest aligned piece of its storage unit that holds it, and the shift within the piece.
// Native units count from the least significant bit, big-endian ones from the most significant (abi/layout.ts):
//
//   u8 native, bitOffset 0, count 4:   7654 [3210]      u16be, bitOffset 0, count 3:   [fed] cba9876543210
import type { BitsLayout } from "@typebpf/abi";

/** `value = (piece >> shift) & (2^count - 1)`, with the piece in host order. */
export interface BitPiece {
  /** Bytes from the start of the unit. */
  readonly offset: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly shift: number;
}

const sizes = [1, 2, 4, 8] as const;

/** The piece that holds bits bitOffset…bitOffset+count-1. */
export function bitPiece(layout: BitsLayout, bitOffset: number): BitPiece {
  const last = bitOffset + layout.count - 1;
  for (const size of sizes) {
    const width = size * 8;
    const piece = Math.floor(bitOffset / width);
    if (size > layout.unit.size || Math.floor(last / width) !== piece) continue;
    const start = bitOffset - piece * width;
    const shift = layout.unit.bigEndian ? width - start - layout.count : start;
    return { offset: piece * size, size, shift };
  }
  throw new Error(`lower: ${layout.count} bits at ${bitOffset} exceed ${layout.unit.name}`);
}
