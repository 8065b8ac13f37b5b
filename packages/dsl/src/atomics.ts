// Atomic operations on memory that other CPUs share. In JavaScript one thread runs, so they are plain.

import type { Layout } from "@typebpf/abi";
import { describe } from "./define.ts";
import type { i32, u32 } from "./scalars.ts";
import { memoryOf } from "./view.ts";

/** The fields of `T` wide enough for atomics: integers of 32 and 64 bits. */
export type AtomicField<T> = {
  [K in keyof T]-?: T[K] extends bigint ? K : u32 extends T[K] ? K : i32 extends T[K] ? K : never;
}[keyof T];

function memberLayout(layout: Layout, field: PropertyKey): Layout | undefined {
  if (layout.kind === "struct") return layout.fields.find(({ name }) => name === field)?.layout;
  if (layout.kind === "array") return field === "length" ? undefined : layout.item;
  return field === "value" ? layout : undefined;
}

type Combine = (old: bigint, value: bigint) => bigint;

/** The place `target[field]` as something to read and write; `name` is the operation's, for messages. */
function place(name: string, target: object, field: PropertyKey) {
  const memory = memoryOf(target);
  if (!memory) throw new TypeError(`${name}() needs a struct, array or map value in memory, not ${describe(target)}`);
  const layout = memberLayout(memory.layout, typeof field === "number" ? String(field) : field);
  if (layout?.kind !== "scalar" || layout.size < 4 || layout.bigEndian) {
    throw new TypeError(`${name}() needs a native integer of 32 or 64 bits; ${String(field)} is none`);
  }
  const fields = target as Record<PropertyKey, number | bigint>;
  const old = fields[field] as number | bigint;
  const check = (value: unknown): void => {
    if (typeof value !== typeof old) throw new TypeError(`${name}() cannot use ${describe(value)} on ${layout.name}`);
  };
  /** Stores as the field does: the low bits. */
  const store = (value: bigint): void => {
    fields[field] = typeof old === "bigint" ? value : Number(BigInt.asIntN(32, value));
  };
  return { layout, old, check, store };
}

function combine<T>(name: string, target: object, field: PropertyKey, value: T, operation: Combine): T {
  const { old, check, store } = place(name, target, field);
  check(value);
  store(operation(BigInt(old), BigInt(value as number | bigint)));
  return old as T;
}

/**
 * Adds `value` to `target[field]` atomically and gives the old value. The field must be a native (not big-endian)
 * integer of 32 or 64 bits, and not in a packet: `atomicAdd(counter, "packets", 1n)`.
 */
export function atomicAdd<T extends object, K extends AtomicField<T>>(target: T, field: K, value: T[K]): T[K] {
  return combine("atomicAdd", target, field, value, (old, operand) => old + operand);
}

/** `target[field] &= value` atomically; gives the old value. Places as for `atomicAdd`. */
export function atomicAnd<T extends object, K extends AtomicField<T>>(target: T, field: K, value: T[K]): T[K] {
  return combine("atomicAnd", target, field, value, (old, operand) => old & operand);
}

/** `target[field] |= value` atomically; gives the old value. Places as for `atomicAdd`. */
export function atomicOr<T extends object, K extends AtomicField<T>>(target: T, field: K, value: T[K]): T[K] {
  return combine("atomicOr", target, field, value, (old, operand) => old | operand);
}

/** `target[field] ^= value` atomically; gives the old value. Places as for `atomicAdd`. */
export function atomicXor<T extends object, K extends AtomicField<T>>(target: T, field: K, value: T[K]): T[K] {
  return combine("atomicXor", target, field, value, (old, operand) => old ^ operand);
}

/** `target[field] = value` atomically; gives the old value. Places as for `atomicAdd`. */
export function atomicExchange<T extends object, K extends AtomicField<T>>(target: T, field: K, value: T[K]): T[K] {
  return combine("atomicExchange", target, field, value, (_, operand) => operand);
}

/**
 * `target[field] = value` atomically where it was `expected`; gives the old value, so it has stored where that equals
 * `expected`. Places as for `atomicAdd`.
 */
export function atomicCompareExchange<T extends object, K extends AtomicField<T>>(
  target: T,
  field: K,
  expected: T[K],
  value: T[K],
): T[K] {
  const { layout, old, check, store } = place("atomicCompareExchange", target, field);
  check(expected);
  check(value);
  const bits = layout.size * 8;
  const low = (one: unknown): bigint => BigInt.asUintN(bits, BigInt(one as number | bigint));
  if (low(expected) === low(old)) store(BigInt(value as number | bigint));
  return old as T[K];
}
