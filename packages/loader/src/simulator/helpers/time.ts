// Clocks: all of them read the simulator's one clock, which has no suspended time, no leap seconds and no date.
import { writeBigInt } from "../words.ts";
import type { Implementation } from "./world.ts";

/** Nanoseconds of one timer tick at CONFIG_HZ=250. */
const TICK = 4_000_000n;

export const ktimeGetNs: Implementation = ({ machine, clock }) => writeBigInt(machine.registers, 0, clock.now());

/** The clock as of the last timer tick. */
export const ktimeGetCoarseNs: Implementation = ({ machine, clock }) => {
  const now = clock.now();
  writeBigInt(machine.registers, 0, now - (now % TICK));
};

export const jiffies64: Implementation = ({ machine, clock }) => writeBigInt(machine.registers, 0, clock.now() / TICK);
