// Meaning of each map type: one row. Numbers come from the snapshot of the kernel's header.
import type { StructLayout } from "../layout.ts";
import { referenceMaps } from "./maps/references.ts";
import type { MapTypeRow } from "./maps/row.ts";
import { sequenceMaps } from "./maps/sequences.ts";
import { storageMaps } from "./maps/storage.ts";
import { tableMaps } from "./maps/tables.ts";

/** The `key` of maps without keys. */
export const noKey: StructLayout = { kind: "struct", name: "none", size: 0, align: 1, fields: [] };

/** The smallest page of any kernel, in bytes: rings are made of whole pages. */
export const pageBytes = 4096;

/** Whether a number of bytes can be the size of a ring: a power of two and whole pages. */
export function isRingSize(bytes: number): boolean {
  return Number.isInteger(bytes) && bytes >= pageBytes && bytes <= 2 ** 31 && Number.isInteger(Math.log2(bytes));
}

/** The size that libbpf makes of what an object asks for (adjust_ringbuf_sz): the next larger one that there can be. */
export function ringSizeFor(bytes: number): number {
  if (bytes === 0 || bytes > 2 ** 31 || isRingSize(bytes)) return bytes;
  return Math.max(pageBytes, 2 ** Math.ceil(Math.log2(bytes)));
}

export const mapTypes = {
  ...tableMaps,
  ...sequenceMaps,
  ...referenceMaps,
  ...storageMaps,
} as const satisfies Readonly<Record<string, MapTypeRow>>;

export type MapTypeName = keyof typeof mapTypes;

/** Map types of the kernel's header that have no row, and why. */
export const withoutMapRow: Readonly<Record<string, string>> = {
  UNSPEC: "no type: the kernel refuses it",
  CGROUP_STORAGE: "an alias of CGROUP_STORAGE_DEPRECATED",
  PERCPU_CGROUP_STORAGE: "an alias of PERCPU_CGROUP_STORAGE_DEPRECATED",
};
