// Objects to running programs: `load` with the back ends `simulator()` and `kernel()`, and packets to run.
export { mac } from "./address.ts";
export type {
  AttachOptions,
  AttachOptionsByKind,
  AttachOptionsByType,
  Backend,
  BackendLink,
  BackendMap,
  BackendMemory,
  BackendObject,
  BackendProgram,
  BackendRingBuffer,
  BackendSection,
  Pin,
  RunInput,
  RunOutput,
  SocketAttachOptions,
  SocketLike,
  TcAttachOptions,
  TcNeighbour,
  XdpAttachOptions,
} from "./backend.ts";
export type { CgroupAttachOptions, Neighbour, PositionOptions } from "./cgroup-options.ts";
export { decode, encode, type Value } from "./codec.ts";
export { fromHex, fromJson, type Json, toHex, toJson } from "./codec-json.ts";
export { type ConfigValues, withConfig } from "./config.ts";
export { loaderDiagnostics } from "./diagnostics.ts";
export { errno, errnoName } from "./errno.ts";
export { refuseForeign } from "./foreign.ts";
export type {
  CpuMapHandle,
  CpuTarget,
  CpuValue,
  DeviceMapHandle,
  DeviceTarget,
  DeviceValue,
} from "./handles/devices.ts";
export type { AnyGlobalHandle, ConfigHandle, GlobalHandle } from "./handles/global.ts";
export type { AnyMapHandle, MapHandle, NamedMap, PerCpuMapHandle, UpdateMode } from "./handles/map.ts";
export type { MapOfMapsHandle } from "./handles/map-of-maps.ts";
export type { PerfEventArrayHandle, PerfReader, PerfSample } from "./handles/perf-event-array.ts";
export type { Link, PacketInput, ProgramHandle, RunOptions, RunResult } from "./handles/program.ts";
export type {
  ObjectMapHandle,
  ProgramArrayHandle,
  ProgramLike,
  SocketMapHandle,
  WriteOnlyArrayHandle,
} from "./handles/references.ts";
export type { RingBufferHandle } from "./handles/ring-buffer.ts";
export type { BloomFilterHandle, SequenceHandle } from "./handles/sequences.ts";
export type { StackTraceHandle } from "./handles/stack-trace.ts";
export type { StorageHandle, StorageOwners } from "./handles/storage.ts";
export type { ConfigOf, GlobalsOf, MapsOf, ProgramsOf, Read, Write } from "./handles/types.ts";
export type { UserRingBufferHandle } from "./handles/user-ring-buffer.ts";
export { type MachineCpus, machineCpus } from "./kernel/cpus.ts";
export { kernelDiagnostics } from "./kernel/diagnostics.ts";
export {
  type KernelBackend,
  type KernelObject,
  type KernelOptions,
  type KernelProgram,
  kernel,
} from "./kernel/kernel.ts";
export { objectDiagnostics } from "./kernel/objects/diagnostics.ts";
export type { Holder } from "./kernel/objects/fdinfo.ts";
export type { KernelLinkInfo, LinkTarget } from "./kernel/objects/link-info.ts";
export {
  type HeldBy,
  type ListedLink,
  type ListedMap,
  type ListedProgram,
  listLinks,
  listMaps,
  listPrograms,
} from "./kernel/objects/list.ts";
export type { MapPins } from "./kernel/objects/load-pins.ts";
export type { KernelMapInfo, MapLayouts } from "./kernel/objects/map-info.ts";
export {
  countRuns,
  type ObjectReference,
  type OpenedLink,
  type OpenedMap,
  type OpenedProgram,
  openLink,
  openMap,
  openProgram,
  removePin,
} from "./kernel/objects/open.ts";
export { type PinnedKind, unpinAll } from "./kernel/objects/pin.ts";
export type { CodeInsn, CodeLine, MachineCode } from "./kernel/objects/program-code.ts";
export type { KernelProgramInfo } from "./kernel/objects/program-info.ts";
export { type Loaded, type LoadOptions, load } from "./load.ts";
export type {
  ActionAttachOptions,
  NamespaceAttachOptions,
  NetfilterAttachOptions,
  NetkitAttachOptions,
  ReuseportAttachOptions,
  RouteAttachOptions,
  SockMapAttachOptions,
} from "./network-options.ts";
export {
  arp,
  describePacket,
  dnsQuery,
  ethernet,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  type Layer,
  type Payload,
  packet,
  packetDiagnostics,
  tcp,
  udp,
  vlan,
} from "./packet/index.ts";
export { type AddressPrefix, ipv4Prefix, ipv6Prefix } from "./prefix.ts";
export type { MapRedirect, TraceEvent } from "./run-events.ts";
export {
  type Clock,
  type RawHelper,
  type RawHelperCall,
  type RawInput,
  type RawOutput,
  runRaw,
  type SimulatedSysctl,
  type SimulatedTask,
  type SimulatorOptions,
  type SurroundingsOptions,
  simulator,
  type VirtualClock,
  virtualClock,
} from "./simulator/index.ts";
export { type AddressSpace, type StackFrame, symbolise } from "./symbols/symbolise.ts";
export type {
  KprobeAttachOptions,
  KprobeMultiAttachOptions,
  PerfCounter,
  PerfEventAttachOptions,
  RawTracepointAttachOptions,
  TracepointAttachOptions,
  UprobeAttachOptions,
  UprobeMultiAttachOptions,
  UsdtAttachOptions,
} from "./tracing-options.ts";
export { explainRejection, parseVerifierLog, type VerifierRejection } from "./verifier-log.ts";
