// Maps whose values belong to a socket, task, inode or cgroup and vanish with it, and tables of functions that the kernel
// calls. kernel/bpf/{bpf_local_storage,local_storage,bpf_struct_ops}.c, net/core/bpf_sk_storage.c (Linux 6.12).
import { type Layout, scalarLayouts } from "../../layout.ts";
import { uapi } from "../uapi.generated.ts";
import { allFlagsBut, type MapTypeRow, mapCreateFlags } from "./row.ts";

/** The key of a storage in user space: a descriptor of the socket, file, process (pidfd) or cgroup. */
export const ownerLayout: Layout = scalarLayouts.i32;

/** `struct bpf_cgroup_storage_key`: the key of the older cgroup storage in user space. */
export const cgroupStorageKey: Layout = {
  kind: "struct",
  name: "bpf_cgroup_storage_key",
  size: 16,
  align: 8,
  fields: [
    { name: "cgroupInodeId", offset: 0, layout: scalarLayouts.u64 },
    { name: "attachType", offset: 8, layout: scalarLayouts.u32 },
  ],
};

const storage = {
  keys: "owner",
  keySizes: [4],
  perCpu: false,
  counts: "none",
  full: "never",
  requiredFlags: mapCreateFlags.NO_PREALLOC,
  refusedFlags: allFlagsBut("NO_PREALLOC", "CLONE"),
  btf: "required",
  user: ["get", "set", "delete"],
} as const;

/** Values come into being when a program that uses the map is attached to a cgroup. */
const olderStorage = {
  keys: "owner",
  keySizes: [8, 16],
  counts: "none",
  full: "never",
  refusedFlags: allFlagsBut("NUMA_NODE", "RDONLY", "WRONLY", "RDONLY_PROG", "WRONLY_PROG"),
  user: ["get", "set", "walk"],
} as const;

export const storageMaps = {
  skStorage: { number: uapi.mapType.SK_STORAGE, since: "5.2", ...storage },
  inodeStorage: { number: uapi.mapType.INODE_STORAGE, since: "5.10", ...storage },
  taskStorage: { number: uapi.mapType.TASK_STORAGE, since: "5.11", ...storage },
  cgroupStorage: { number: uapi.mapType.CGRP_STORAGE, since: "6.2", ...storage },
  deprecatedCgroupStorage: {
    number: uapi.mapType.CGROUP_STORAGE_DEPRECATED,
    since: "4.19",
    perCpu: false,
    ...olderStorage,
  },
  deprecatedPerCpuCgroupStorage: {
    number: uapi.mapType.PERCPU_CGROUP_STORAGE_DEPRECATED,
    since: "4.20",
    perCpu: true,
    ...olderStorage,
  },
  /** One value: the functions that the kernel calls, its type one of the kernel's own. */
  structOps: {
    number: uapi.mapType.STRUCT_OPS,
    since: "5.6",
    keys: "index",
    perCpu: false,
    full: "never",
    btf: "required",
    user: ["get", "set", "delete"],
    outside: "a table of functions is made from the programs of its type (struct_ops), not by a constructor",
  },
} as const satisfies Readonly<Record<string, MapTypeRow>>;
