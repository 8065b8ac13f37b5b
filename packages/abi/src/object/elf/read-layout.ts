// The layout of a BTF type, by the size that the object needs it to have.
import { sizeOfBtf } from "../../btf/size.ts";
import type { BtfLayouts } from "../../btf/to-layout.ts";
import type { BtfType } from "../../btf/types.ts";
import { arrayLayout, type Layout, scalarLayouts } from "../../layout.ts";

/** The types of an object, with the layouts that they stand for. */
export interface ReadTypes {
  readonly types: readonly BtfType[];
  readonly layouts: BtfLayouts;
}

/** The layout of a type that has `size` bytes; bytes where a layout cannot say what the type is. */
export function layoutOfSize({ types, layouts }: ReadTypes, id: number, size: number): Layout {
  const layout = sizeOfBtf(types, id) === size ? layouts.layout(id) : undefined;
  return layout?.size === size ? layout : arrayLayout(scalarLayouts.u8, size);
}
