// Names of addresses in the kernel, from /proc/kallsyms. Calls of a loaded program are distances from __bpf_call_base
// (kernel/bpf/core.c). Where the kernel hides addresses, they are all zero and nothing is found.
import { readFileSync } from "node:fs";

/** Name of the function that a call leads to, by its distance from the base of calls. */
export type CallNames = ReadonlyMap<number, string>;

const base = "__bpf_call_base";

/** Names for distances as the immediates of call instructions have them; only for those that are asked for. */
export function callNames(distances: Iterable<number>): CallNames {
  const wanted = new Set(distances);
  const names = new Map<number, string>();
  if (wanted.size === 0) return names;
  let text: string;
  try {
    text = readFileSync("/proc/kallsyms", "latin1");
  } catch {
    return names;
  }
  const [, start] = new RegExp(`^([0-9a-f]+) . ${base}$`, "mu").exec(text) ?? [];
  const from = BigInt(`0x${start ?? "0"}`);
  if (from === 0n) return names;
  const byAddress = new Map([...wanted].map((distance) => [(from + BigInt(distance)).toString(16), distance] as const));
  for (const [, address = "", name = ""] of text.matchAll(/^([0-9a-f]+) [tTwW] (\S+)/gmu)) {
    const distance = byAddress.get(address);
    if (distance !== undefined && !names.has(distance)) names.set(distance, name);
  }
  return names;
}
