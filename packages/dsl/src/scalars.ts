// The integers: for each a type, which tells TypeScript its width, and a value, which is a schema and a cast.
// A width is a flavour: narrow types widen freely, wide ones do not narrow without a cast, plain numbers fit all.
// Casts truncate as C does: they keep the low bits. A fraction, NaN or Infinity is no integer and is refused.
import { type ScalarLayout, scalarLayouts } from "@typebpf/abi";
import { defineSchema, describe } from "./define.ts";
import type { Schema } from "./schema.ts";

/** Phantom key of the width; optional, so that plain numbers fit. Negative widths are signed. */
declare const width: unique symbol;

/** An integer that fits one of these widths in bits. */
type Sized<Width extends number> = number & { readonly [width]?: Width };

/** Unsigned 8-bit integer. */
export type u8 = Sized<8>;
/** Unsigned 16-bit integer. */
export type u16 = Sized<8 | 16>;
/** Unsigned 32-bit integer. */
export type u32 = Sized<8 | 16 | 32>;
/** Signed 8-bit integer. */
export type i8 = Sized<-8>;
/** Signed 16-bit integer. */
export type i16 = Sized<-8 | -16 | 8>;
/** Signed 32-bit integer. */
export type i32 = Sized<-8 | -16 | -32 | 8 | 16>;
/** Unsigned 64-bit integer. */
export type u64 = bigint & { readonly [width]?: 64 };
/** Signed 64-bit integer. */
export type i64 = bigint & { readonly [width]?: -64 };

/** The schema of an integer. Called, it is a cast that keeps the low bits, as C does. */
export interface Scalar<T> extends Schema<T> {
  (value: number | bigint): T;
  readonly layout: ScalarLayout;
}

function lowBits(layout: ScalarLayout, value: bigint): bigint {
  const bits = layout.size * 8;
  return layout.signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

function integer(layout: ScalarLayout, value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value !== "number")
    throw new TypeError(`${layout.name}() casts a number or a bigint, not ${describe(value)}`);
  if (!Number.isInteger(value)) throw new RangeError(`${layout.name}() casts an integer, not ${value}`);
  return BigInt(value);
}

function scalar<T>(layout: ScalarLayout): Scalar<T> {
  const wide = layout.size === 8;
  const cast = (value?: unknown): number | bigint => {
    const low = lowBits(layout, integer(layout, value));
    return wide ? low : Number(low);
  };
  return defineSchema(cast, layout.name, layout);
}

/** Unsigned 8-bit integer. */
export const u8: Scalar<u8> = scalar(scalarLayouts.u8);
/** Unsigned 16-bit integer in native byte order. */
export const u16: Scalar<u16> = scalar(scalarLayouts.u16);
/** Unsigned 32-bit integer in native byte order. */
export const u32: Scalar<u32> = scalar(scalarLayouts.u32);
/** Unsigned 64-bit integer in native byte order, a `bigint` in expressions. */
export const u64: Scalar<u64> = scalar(scalarLayouts.u64);
/** Signed 8-bit integer. */
export const i8: Scalar<i8> = scalar(scalarLayouts.i8);
/** Signed 16-bit integer in native byte order. */
export const i16: Scalar<i16> = scalar(scalarLayouts.i16);
/** Signed 32-bit integer in native byte order. */
export const i32: Scalar<i32> = scalar(scalarLayouts.i32);
/** Signed 64-bit integer in native byte order, a `bigint` in expressions. */
export const i64: Scalar<i64> = scalar(scalarLayouts.i64);
/** Unsigned 16-bit integer, big-endian (network byte order) in memory. Reads and writes are in host order. */
export const u16be: Scalar<u16> = scalar(scalarLayouts.u16be);
/** Unsigned 32-bit integer, big-endian (network byte order) in memory. Reads and writes are in host order. */
export const u32be: Scalar<u32> = scalar(scalarLayouts.u32be);
/** Unsigned 64-bit integer, big-endian (network byte order) in memory. Reads and writes are in host order. */
export const u64be: Scalar<u64> = scalar(scalarLayouts.u64be);
