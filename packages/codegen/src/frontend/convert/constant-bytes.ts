// Constants as bytes in memory: integers in their byte order, tables of them, and text of characters below 256, one byte
// each. Gives undefined for what is none of these or does not fit, which is then converted, and reported, item by item.
import type { Layout, ScalarLayout } from "@typebpf/abi";
import type { Constant } from "../values.ts";

/** The bytes of a constant in memory of `layout`; `wrap` keeps the low bits of integers that do not fit. */
export function constantBytes(constant: Constant, layout: Layout, wrap = false): readonly number[] | undefined {
  if (layout.kind === "scalar") return scalarBytes(constant, layout, wrap);
  if (layout.kind !== "array" || layout.item.kind !== "scalar") return undefined;
  const { item, length } = layout;
  if (constant.kind === "string") {
    const codes = textBytes(constant.value);
    return item.name === "u8" && codes && codes.length <= length ? codes : undefined;
  }
  if (constant.kind !== "array" || constant.items.length > length) return undefined;
  const items = constant.items.map((one) => scalarBytes(one, item, wrap));
  return items.every((one) => one !== undefined) ? items.flat() : undefined;
}

/** The characters as bytes; undefined where one is none. */
export function textBytes(text: string): readonly number[] | undefined {
  const codes = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  return codes.every((code) => code <= 0xff) ? codes : undefined;
}

function scalarBytes(constant: Constant, layout: ScalarLayout, wrap: boolean): readonly number[] | undefined {
  const wide = layout.size === 8;
  if (constant.kind !== (wide ? "bigint" : "number")) return undefined;
  if (constant.kind === "number" && !Number.isSafeInteger(constant.value)) return undefined;
  const value = BigInt(constant.value as number | bigint);
  const bits = layout.size * 8;
  const fitted = layout.signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  if (!wrap && fitted !== value) return undefined;
  const bytes = Array.from({ length: layout.size }, (_, index) => Number((fitted >> BigInt(index * 8)) & 0xffn));
  return layout.bigEndian ? bytes.reverse() : bytes;
}
