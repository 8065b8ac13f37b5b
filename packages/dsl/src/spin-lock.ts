// Locks in map values: `using` holds one to the end of its block, since the kernel refuses a program that may end with
// it or take it twice. In JavaScript one thread runs, so a lock is always free.
import { spinLockLayout } from "@typebpf/abi";
import type { Releasable } from "./ring-buffer.ts";
import type { Schema } from "./schema.ts";

/** The lock of a map's value. */
export interface SpinLock {
  /**
   * Waits for the lock and takes it: `using lock = entry.lock.acquire();`. It is given back at the end of the block. While
   * it is held no helper can be called and no map looked up.
   */
  acquire(): Releasable;
}

/**
 * The schema of a lock: a member of the value of a hashMap or an arrayMap, at most one in a value. The members beside it
 * can then be changed together, `struct("account", { lock: spinLock, packets: u64, bytes: u64 })`.
 */
export const spinLock: Schema<SpinLock> = Object.freeze({
  size: spinLockLayout.size,
  align: spinLockLayout.align,
  layout: spinLockLayout,
}) as Schema<SpinLock>;
