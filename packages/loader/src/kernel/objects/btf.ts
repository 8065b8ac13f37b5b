// BTF that the kernel holds, read by id and decoded with the codec of the abi package. What the kernel gives is checked as
// any other bytes; types that cannot be read are as if there were none, since everything can be shown without.
import { type BtfText, type BtfType, btfTexts, decodeBtf } from "@typebpf/abi";
import type { Sys } from "../sys.ts";
import { openById } from "./ids.ts";
import { readInfo, roomFor } from "./info.ts";
import { objectLayouts } from "./layouts.ts";

/** Types and texts of one BTF. */
export interface KernelBtfTypes {
  readonly id: number;
  readonly types: readonly BtfType[];
  /** The text at an offset of the string section; empty where there is none. */
  readonly text: BtfText;
}

/** The BTF with this id; undefined where it has gone, or cannot be read. */
export function readBtf(sys: Sys, id: number): KernelBtfTypes | undefined {
  if (id === 0) return undefined;
  using fd = openById(sys, "btf", id);
  if (!fd) return undefined;
  const first = readInfo(sys, fd.number, objectLayouts.btf);
  if (typeof first === "number") return undefined;
  const room = roomFor(sys, first.get("btf_size"), 1);
  if (!room) return undefined;
  const second = readInfo(sys, fd.number, objectLayouts.btf, (info) => {
    info.set("btf", room).set("btf_size", room.bytes.length);
  });
  if (typeof second === "number") return undefined;
  const decoded = decodeBtf(room.bytes);
  if (!("types" in decoded)) return undefined;
  return { id, types: decoded.types, text: btfTexts(room.bytes) };
}

/** Reads each BTF once. */
export class BtfCache {
  readonly #sys: Sys;
  readonly #known = new Map<number, KernelBtfTypes | undefined>();

  constructor(sys: Sys) {
    this.#sys = sys;
  }

  /** The BTF with this id, if it can be read. */
  get(id: number): KernelBtfTypes | undefined {
    if (!this.#known.has(id)) this.#known.set(id, readBtf(this.#sys, id));
    return this.#known.get(id);
  }
}
