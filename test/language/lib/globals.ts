// Globals of another module: only its own functions assign them.
import { u32, type u64 } from "@typebpf/dsl";

export let total: u64 = 0n;

export function add(value: number): void {
  total += BigInt(u32(value));
}
