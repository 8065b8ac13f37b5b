// The part of the loader that needs nothing but JavaScript: browsers import it from here.
export { ipv4, ipv6, mac } from "../address.ts";
export { decode, encode, type Value } from "../codec.ts";
export { fromHex, fromJson, type Json, toHex, toJson } from "../codec-json.ts";
export { type Loaded, load } from "../load.ts";
export { type SimulatorOptions, simulator } from "./backend.ts";
export { type Clock, type VirtualClock, virtualClock } from "./clock.ts";
export type { SocketFilterStart } from "./contexts/skb.ts";
export { type RawHelper, type RawHelperCall, type RawInput, type RawOutput, runRaw } from "./raw.ts";
export type { SimulatedSysctl, SimulatedTask, SurroundingsOptions } from "./surroundings.ts";
