// The key of a longest-prefix-match trie: how many bits of an address count, and the address. The kernel has the
// address right behind the 4 bytes of the length and compares it bit by bit, from the most significant bit of its first
// byte on (struct bpf_lpm_trie_key_u8), so what would lie elsewhere or in another order is refused here.
import { type Layout, MAX_PREFIX_ADDRESS } from "@typebpf/abi";
import { addressableLayout } from "./define.ts";
import { u32 } from "./scalars.ts";
import type { Init, Schema } from "./schema.ts";
import { type StructSchema, struct } from "./struct.ts";

/** A prefix in memory: an address and how many of its bits count, from the most significant one on. */
export interface Prefix<A> {
  prefixLength: u32;
  address: A;
}

/** What may stand for a prefix. */
export interface PrefixInit<A> {
  /** How many bits of the address count: 32 for one IPv4 address, 24 for 256 of them, 0 for all. */
  readonly prefixLength: u32;
  /** The address; bits behind the prefix do not matter. */
  readonly address: Init<A>;
}

/** What lies last in memory, where prefixes end. */
function lastPart(layout: Layout): Layout {
  if (layout.kind === "array") return lastPart(layout.item);
  const last = layout.kind === "struct" ? layout.fields.at(-1) : undefined;
  return last ? lastPart(last.layout) : layout;
}

function nativeOrder(layout: Layout): string | undefined {
  if (layout.kind === "bits") return layout.unit.bigEndian ? undefined : `bits of ${layout.unit.name}`;
  return layout.kind === "scalar" && layout.size > 1 && !layout.bigEndian ? layout.name : undefined;
}

/** The schema of prefixes of addresses; throws a TypeError for what a trie cannot match. */
export function prefixSchema<A>(address: Schema<A>): StructSchema<Prefix<A>> {
  const layout = addressableLayout(address, "The key of an lpmTrie");
  if (layout.align > 4) {
    throw new TypeError(
      "The key of an lpmTrie cannot have 64-bit members: it follows a prefix length of 4 bytes without a gap. Use bytes, such as array(u8, 8)",
    );
  }
  if (layout.size > MAX_PREFIX_ADDRESS) {
    throw new RangeError(`The key of an lpmTrie has at most ${MAX_PREFIX_ADDRESS} bytes, not ${layout.size}`);
  }
  const native = nativeOrder(lastPart(layout));
  if (native !== undefined) {
    throw new TypeError(
      `The key of an lpmTrie cannot end in ${native}: prefixes begin at the most significant bit, which is not where native integers begin. Use u16be, u32be or bytes`,
    );
  }
  return struct("lpm_trie_key", { prefixLength: u32, address }) as StructSchema<Prefix<A>>;
}
