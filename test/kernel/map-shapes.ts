// What a map of each type needs in the kernel, for the tests that go over all types.
import { arrayLayout, type MapSpec, type MapTypeName, noKey, scalarLayouts, structLayout } from "@typebpf/abi";

const { u32, u64, i32 } = scalarLayouts;
const inner = { type: "hash", key: u32, value: u64, maxEntries: 8, flags: 0 } as const;
const cgroupKey = structLayout("bpf_cgroup_storage_key", { cgroupInodeId: u64, attachType: u32 });

/** What each type needs beyond u32 keys, u64 values and 4 entries. */
export const shapes: { readonly [T in MapTypeName]: Partial<MapSpec> | undefined } = {
  hash: {},
  lruHash: {},
  perCpuHash: {},
  lruPerCpuHash: {},
  lpmTrie: { key: u64, flags: 1 },
  array: {},
  perCpuArray: {},
  stackTrace: { value: arrayLayout(u64, 10) },
  ringBuffer: { key: noKey, maxEntries: 4096 },
  userRingBuffer: { key: noKey, maxEntries: 4096 },
  queue: { key: noKey },
  stack: { key: noKey },
  bloomFilter: { key: noKey, extra: 3 },
  arena: { key: noKey, flags: 0x400 },
  progArray: { value: u32 },
  perfEventArray: { value: u32, maxEntries: 0 },
  cgroupArray: { value: u32 },
  arrayOfMaps: { value: u32, inner },
  hashOfMaps: { value: u32, inner },
  devMap: { value: structLayout("bpf_devmap_val", { ifindex: u32, program: u32 }) },
  devMapHash: { value: u32 },
  cpuMap: { value: structLayout("bpf_cpumap_val", { qsize: u32, program: u32 }) },
  xskMap: { value: u32 },
  sockMap: {},
  sockHash: {},
  reusePortSockArray: {},
  skStorage: { key: i32, maxEntries: 0, flags: 1 },
  inodeStorage: { key: i32, maxEntries: 0, flags: 1 },
  taskStorage: { key: i32, maxEntries: 0, flags: 1 },
  cgroupStorage: { key: i32, maxEntries: 0, flags: 1 },
  deprecatedCgroupStorage: { key: cgroupKey, maxEntries: 0 },
  deprecatedPerCpuCgroupStorage: { key: cgroupKey, maxEntries: 0 },
  // Its value is a type of the kernel's own.
  structOps: undefined,
};
