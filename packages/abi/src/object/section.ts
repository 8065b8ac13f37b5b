// The bytes of a data section: from the hex digits that an object holds, and back. Global data lies in the value of an
// array map with one entry (libbpf's convention; kernel/bpf/arraymap.c, array_map_direct_value_addr).
import { type ArrayLayout, arrayLayout, scalarLayouts } from "../layout.ts";
import type { DataSection, MapSpec } from "./object.ts";

/** All bytes of the section, those past its contents zero. */
export function sectionBytes({ size, contents = "" }: Pick<DataSection, "size" | "contents">): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size && at * 2 < contents.length; at++) {
    bytes[at] = Number.parseInt(contents.slice(at * 2, at * 2 + 2), 16);
  }
  return bytes;
}

/** What `contents` says of these bytes: without the zeros at their end, undefined where all are zero. */
export function sectionContents(bytes: Uint8Array): string | undefined {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  if (end === 0) return undefined;
  return Array.from(bytes.subarray(0, end), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `BPF_F_RDONLY_PROG` */
const READ_ONLY_FOR_PROGRAMS = 0x80;

/** The map behind a section: one value of its size, which programs may not write where the section is read-only. */
export function sectionMap({ name, size, readOnly }: DataSection): MapSpec {
  const value: ArrayLayout = arrayLayout(scalarLayouts.u8, size);
  const flags = readOnly ? READ_ONLY_FOR_PROGRAMS : 0;
  return { name, type: "array", key: scalarLayouts.u32, value, maxEntries: 1, flags };
}
