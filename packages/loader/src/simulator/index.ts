export { type SimulatorOptions, simulator } from "./backend.ts";
export { type Clock, type VirtualClock, virtualClock } from "./clock.ts";
export { type RawHelper, type RawHelperCall, type RawInput, type RawOutput, runRaw } from "./raw.ts";
