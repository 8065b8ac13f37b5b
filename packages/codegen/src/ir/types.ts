// Types of IR values: a 64-bit integer, or a pointer by what it points into. Widths belong to operations, not values.

/**
 * Where a pointer points; `map` is the map itself (an argument of helpers), `packetEnd` only bounds packet pointers, `record`
 * is a reserved record of a ring buffer, which no other record overlaps, `socket` one of the kernel's to be read only, `mapKey` a key that a callback is given, to be read only, `dynptr` an argument of helpers.
 */
export type PointerSpace =
  | "context"
  | "packet"
  | "packetEnd"
  | "stack"
  | "mapKey"
  | "mapValue"
  | "map"
  | "record"
  | "socket"
  | "dynptr"
  | "function";

/** The value of a pointer may be null (0) where it joins a null constant: nullability is not part of the type. */
export type IrType = "i64" | `ptr.${PointerSpace}`;

/** True for pointer types. */
export function isPointer(type: IrType): boolean {
  return type !== "i64";
}
