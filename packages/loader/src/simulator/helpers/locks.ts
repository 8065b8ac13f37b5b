// bpf_spin_lock and bpf_spin_unlock: one program runs at a time, so a lock is free unless the program itself holds it.
import { Fault } from "../fault.ts";
import { bytesAt, giveBack, type Implementation } from "./world.ts";

function lockBytes(world: Parameters<Implementation>[0]): Uint8Array {
  return bytesAt(world, 1, 4, "write");
}

/** Waits for the lock and takes it. */
export const spinLock: Implementation = (world) => {
  const lock = lockBytes(world);
  if (lock[0] !== 0) throw new Fault("helperArgument", "a lock is taken that the program holds already");
  lock[0] = 1;
  giveBack(world, 0);
};

/** Gives the lock back. */
export const spinUnlock: Implementation = (world) => {
  const lock = lockBytes(world);
  if (lock[0] !== 1) throw new Fault("helperArgument", "a lock is given back that nobody holds");
  lock[0] = 0;
  giveBack(world, 0);
};
