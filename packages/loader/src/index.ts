export { ipv4, ipv6, mac } from "./address.ts";
export type {
  AttachOptions,
  Backend,
  BackendLink,
  BackendMap,
  BackendObject,
  BackendProgram,
  RunInput,
  RunOutput,
  XdpAttachOptions,
} from "./backend.ts";
export { decode, encode, type Value } from "./codec.ts";
export { fromHex, fromJson, type Json, toHex, toJson } from "./codec-json.ts";
export { loaderDiagnostics } from "./diagnostics.ts";
export { errno, errnoName } from "./errno.ts";
export type { MapHandle, PerCpuMapHandle, UpdateMode } from "./handles/map.ts";
export type { Link, PacketInput, ProgramHandle, RunOptions, RunResult } from "./handles/program.ts";
export type { AnyMapHandle, MapsOf, ProgramsOf, Read, Write } from "./handles/types.ts";
export { type Loaded, load } from "./load.ts";
export {
  type Clock,
  type RawHelper,
  type RawHelperCall,
  type RawInput,
  type RawOutput,
  runRaw,
  type SimulatorOptions,
  simulator,
  type VirtualClock,
  virtualClock,
} from "./simulator/index.ts";
