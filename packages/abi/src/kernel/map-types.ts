// Meaning of each map type: one row. Numbers come from the snapshot of the kernel's header.
import { uapi } from "./uapi.generated.ts";

/** What can be done with a map of this type, from the filter and from user space. */
export interface MapTypeRow {
  /** `BPF_MAP_TYPE_*` */
  readonly number: number;
  /** First kernel that has it. */
  readonly since: string;
  /** Index keys are a native u32 below `maxEntries`; every entry always exists. */
  readonly keys: "any" | "index";
  /** One copy of each value per possible CPU; user space reads and writes them all, each rounded up to 8 bytes. */
  readonly perCpu: boolean;
  /** When full: refuse the new entry (E2BIG), or evict an old one. */
  readonly full: "refuse" | "evict" | "never";
}

export const mapTypes = {
  hash: { number: uapi.mapType.HASH, since: "3.19", keys: "any", perCpu: false, full: "refuse" },
  lruHash: { number: uapi.mapType.LRU_HASH, since: "4.10", keys: "any", perCpu: false, full: "evict" },
  array: { number: uapi.mapType.ARRAY, since: "3.19", keys: "index", perCpu: false, full: "never" },
  perCpuArray: { number: uapi.mapType.PERCPU_ARRAY, since: "4.6", keys: "index", perCpu: true, full: "never" },
} as const satisfies Readonly<Record<string, MapTypeRow>>;

export type MapTypeName = keyof typeof mapTypes;
