// Shared by modules.ts: constants, functions and schemas of another module.
import { struct, u32, type Ref } from "@typebpf/dsl";
import { SEED } from "./seed.ts";

export const Tuple = struct("tuple", { left: u32, right: u32, out: u32 });

function rotate(value: u32, bits: number): u32 {
  return u32((value << bits) | (value >>> (32 - bits)));
}

/** Named like a function of the importing module, which it must not be taken for. */
function local(value: number): number {
  return value + 1;
}

export function hash(tuple: Ref<typeof Tuple>): u32 {
  let state: u32 = SEED;
  state = u32(rotate(u32(state ^ tuple.left), 5) + local(0));
  return u32(rotate(u32(state ^ tuple.right), 13));
}

export { SEED as Seed } from "./seed.ts";
