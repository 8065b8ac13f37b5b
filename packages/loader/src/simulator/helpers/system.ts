// Processor and chance.
import { giveBack, type Implementation } from "./world.ts";

export const getPrandomU32: Implementation = (world) => giveBack(world, world.random() >>> 0);

export const getSmpProcessorId: Implementation = (world) => giveBack(world, world.cpu);

/** The simulated machine has one memory node. */
export const getNumaNodeId: Implementation = (world) => giveBack(world, 0);
