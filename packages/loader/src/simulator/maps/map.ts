// What a simulated map is: the operations that user space has (BackendMap) and those of programs, which work on
// addresses. Error numbers are the kernel's: kernel/bpf/{hashtab,arraymap}.c, Linux 6.12.
import type { MapSpec } from "@typebpf/abi";
import type { BackendMap } from "../../backend.ts";
import { errno } from "../../errno.ts";

/** Flags of an update, as `BPF_ANY`, `BPF_NOEXIST`, `BPF_EXIST`, `BPF_F_LOCK`. */
export const updateFlags = { any: 0, noExist: 1, exist: 2, lock: 4 } as const;

/** Flags of a map: `BPF_F_RDONLY` (for user space) and `BPF_F_RDONLY_PROG`. */
export const mapFlags = { readOnly: 0x8, readOnlyForPrograms: 0x80 } as const;

/** A map of the simulator. */
export interface SimulatedMap extends BackendMap {
  /** Upper half of the address of the only value, where programs may hold that (array_map_direct_value_addr). */
  directValue?(): number | undefined;
  /** Upper half of the address of the value under a key (its lower half is REGION_START); undefined where there is none. */
  find(key: Uint8Array): number | undefined;
  /** The same of a copy for a CPU; undefined too where there is no such CPU. */
  findCopy?(key: Uint8Array, cpu: number): number | undefined;
  /**
   * What a program meets on a walk over the map: keys and upper halves of the addresses of values. Entries that vanish before
   * their turn are left out, those that come into being are not met. Undefined where the kernel has no walk.
   */
  elements?(): Iterable<readonly [key: Uint8Array, high: number]>;
  /** As the helper: 0 or a negative errno. */
  store(key: Uint8Array, value: Uint8Array, flags: number): number;
  /** As the helper: 0 or a negative errno. */
  remove(key: Uint8Array): number;
  /** Memory that the program freed is gone for good. */
  endRun(): void;
  /** Ends what user space does with the map: its object is disposed. */
  close?(): void;
}

/** 0, or the negative errno of flags that the kernel does not know for maps without locks. */
export function checkFlags(flags: number): number {
  return flags >= updateFlags.any && flags <= updateFlags.exist ? 0 : -errno.EINVAL;
}

/** The parts of user space's interface that follow from the others. */
export function updateAll(
  map: Pick<BackendMap, "update">,
  entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[],
  flags: number,
): { readonly status: number; readonly written: number } {
  let written = 0;
  for (const [key, value] of entries) {
    const status = map.update(key, value, flags);
    if (status !== 0) return { status, written };
    written += 1;
  }
  return { status: 0, written };
}

/** All entries by key after key; entries that vanish meanwhile are left out. */
export function* entriesOf(map: Pick<BackendMap, "nextKey" | "lookup">): Generator<readonly [Uint8Array, Uint8Array]> {
  for (let key = map.nextKey(undefined); key !== undefined; key = map.nextKey(key)) {
    const value = map.lookup(key);
    if (typeof value !== "number") yield [key, value];
  }
}

/** Whether user space may write: a map with `BPF_F_RDONLY` refuses with EPERM. */
export function userWriteStatus(spec: MapSpec): number {
  return (spec.flags & mapFlags.readOnly) === 0 ? 0 : -errno.EPERM;
}
