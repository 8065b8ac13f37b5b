// The types every schema shares: what a schema is, what it stands for in TypeScript, and what may initialise it.
// Types only. The run-time half of a schema is its `layout`, plain data of @typebpf/abi.
import type { BitsLayout, Layout } from "@typebpf/abi";

/** Phantom key: exists for TypeScript alone, and so never shows in completions. */
declare const shape: unique symbol;

/** Describes how a value lies in memory, and as which TypeScript type `T` the filter sees it. */
export interface Schema<T> {
  /** Size in bytes, padding included. */
  readonly size: number;
  /** Alignment in bytes. */
  readonly align: number;
  /** The layout as plain data. */
  readonly layout: Layout;
  readonly [shape]: T;
}

/** Some bits of a storage unit: a member of a struct, and nothing else. Made by `bits`. */
export interface BitField<T> {
  /** The layout as plain data. */
  readonly layout: BitsLayout;
  readonly [shape]: T;
}

/** What a struct can have as a member. */
export type Member<T> = Schema<T> | BitField<T>;

/** The TypeScript type that a schema stands for: `Infer<typeof Flow>`. */
export type Infer<S extends Member<unknown>> = S[typeof shape];

/** Items in memory by index: an array of a schema, or a buffer of bytes. */
export interface Items<T> {
  readonly length: number;
  [index: number]: T;
}

/** `N` items in memory, one after another. Assigning it copies the items. */
export interface FixedArray<T, N extends number = number> {
  readonly length: N;
  /** The first item, which every array has. It lets a literal of `N` items be assigned. */
  0: T;
  [index: number]: T;
  /** The items in order. */
  [Symbol.iterator](): IterableIterator<T>;
  /** The items in order, each after its index. */
  entries(): IterableIterator<[number, T]>;
}

/** `N` items that can only be read, by constant index. */
export interface ReadonlyItems<T, N extends number = number> {
  readonly length: N;
  readonly [index: number]: T;
}

/** A pointer to one integer: reads and writes go through `value`. */
export interface ScalarRef<T> {
  value: T;
}

/** A pointer to a `T`: a struct's or an array's own members, an integer as `value`. */
export type RefTo<T> = T extends number | bigint ? ScalarRef<T> : T;

/** A typed pointer to what a schema describes: in the packet, in a map, on the stack. `Ref<typeof Flow>`. */
export type Ref<S extends Schema<unknown>> = RefTo<Infer<S>>;

/** Lengths whose initialisers are counted by TypeScript; the compiler counts the others. */
type CountedLength = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16;

/** A tuple of `N` items. */
type Exactly<T, N extends number, Items extends readonly T[] = readonly []> = Items["length"] extends N
  ? Items
  : Exactly<T, N, readonly [...Items, T]>;

/** What may initialise an array: at most as many items as it has; the rest is zero. */
type ArrayInit<T, N extends number> = N extends CountedLength ? Partial<Exactly<T, N>> : readonly T[];

/** A typed array, or text for bytes: one byte for each character. The compiler compares lengths and items. */
type TypedItems<T> =
  | (T extends number | bigint
      ? { readonly length: number; readonly byteLength: number; readonly [index: number]: T }
      : never)
  | (T extends number ? string : never);

/**
 * What may initialise a `T`: an integer, a struct in part, an array from its first items. The rest is zero.
 * A struct may have a member `length`: only arrays are indexed by any number.
 */
export type Init<T> = T extends number | bigint
  ? T
  : [number, T] extends [keyof T, FixedArray<infer I, infer N>]
    ? FixedArray<I, N> | ArrayInit<Init<I>, N> | TypedItems<I>
    : { readonly [K in keyof T]?: Init<T[K]> };
