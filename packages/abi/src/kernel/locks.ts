// Spin locks in map values: one `struct bpf_spin_lock` per value, which the kernel finds by its name in the map's BTF
// (btf_parse_fields of kernel/bpf/btf.c, map_check_btf of kernel/bpf/syscall.c; Linux 6.12).
import { type Layout, scalarLayouts, structLayout } from "../layout.ts";
import type { MapTypeName } from "./map-types.ts";

/** What a lock is in memory: 4 bytes that nobody reads or writes but the two helpers. */
export const spinLockLayout = structLayout("bpf_spin_lock", { val: scalarLayouts.u32 });

/** Map types whose values may have a lock. */
export const lockableMaps: readonly MapTypeName[] = ["hash", "array"];

/** True for the layout of a lock. */
export function isSpinLock(layout: Layout): boolean {
  return layout.kind === "struct" && layout.name === spinLockLayout.name;
}

/** How many locks a layout has in it. */
export function countLocks(layout: Layout): number {
  if (isSpinLock(layout)) return 1;
  if (layout.kind === "array") return layout.length * countLocks(layout.item);
  return layout.kind === "struct" ? layout.fields.reduce((sum, field) => sum + countLocks(field.layout), 0) : 0;
}

/** Why the kernel takes no map of this type with such a value; undefined where it does, or where there is no lock. */
export function lockProblem(type: MapTypeName, value: Layout): string | undefined {
  const locks = countLocks(value);
  if (locks === 0) return undefined;
  if (!lockableMaps.includes(type)) return `a value with a lock; only ${lockableMaps.join(" and ")} maps have such`;
  if (locks > 1) return `${locks} locks in one value; there is one at most`;
  const direct = value.kind === "struct" && !value.union && value.fields.some((field) => isSpinLock(field.layout));
  return direct ? undefined : "a lock that is no direct member of the value's struct";
}
