// Atomic operations on memory that other CPUs share. In JavaScript one thread runs, so they are plain.

import type { Layout } from "@typebpf/abi";
import { describe } from "./define.ts";
import type { u32 } from "./scalars.ts";
import { memoryOf } from "./view.ts";

/** The fields of `T` wide enough for atomics: integers of 32 and 64 bits. */
export type AtomicField<T> = { [K in keyof T]-?: T[K] extends bigint ? K : u32 extends T[K] ? K : never }[keyof T];

function memberLayout(layout: Layout, field: PropertyKey): Layout | undefined {
  if (layout.kind === "struct") return layout.fields.find(({ name }) => name === field)?.layout;
  if (layout.kind === "array") return field === "length" ? undefined : layout.item;
  return field === "value" ? layout : undefined;
}

/**
 * Adds `value` to `target[field]` atomically and gives the old value. The field must be a native (not big-endian)
 * integer of 32 or 64 bits, and not in a packet: `atomicAdd(counter, "packets", 1n)`.
 */
export function atomicAdd<T extends object, K extends AtomicField<T>>(target: T, field: K, value: T[K]): T[K] {
  const memory = memoryOf(target);
  if (!memory) throw new TypeError(`atomicAdd() needs a struct, array or map value in memory, not ${describe(target)}`);
  const layout = memberLayout(memory.layout, typeof field === "number" ? String(field) : field);
  if (layout?.kind !== "scalar" || layout.size < 4 || layout.bigEndian) {
    throw new TypeError(`atomicAdd() needs a native integer of 32 or 64 bits; ${String(field)} is none`);
  }
  const fields = target as Record<PropertyKey, number | bigint>;
  const before = fields[field] as number | bigint;
  if (typeof before === "bigint" && typeof value === "bigint") fields[field] = before + value;
  else if (typeof before === "number" && typeof value === "number") fields[field] = before + value;
  else throw new TypeError(`atomicAdd() cannot add ${describe(value)} to ${layout.name}`);
  return before as T[K];
}
