// Maps of stacks, of control groups, and of values that belong to a socket, a task or a control group: what programs tell or ask the kernel. The
// operations are the kernel's helpers bpf_get_stackid, bpf_{skb,current_task}_under_cgroup, bpf_{sk,task}_storage_{get,delete}
// and bpf_get_local_storage.
import { cgroupStorageKey } from "@typebpf/abi";
import { array } from "./array.ts";
import type {
  CgroupSockCreateContext,
  CgroupSockPostBind4Context,
  CgroupSockPostBind6Context,
  CgroupSockReleaseContext,
} from "./contexts.generated.ts";
import { defineMap, descriptor, type MapDescription } from "./maps.ts";
import { i32, u32, u64 } from "./scalars.ts";
import type { FixedArray, Init, RefTo, Schema } from "./schema.ts";
import type { SocketCommon, TcpSocket } from "./sockets.ts";

/** What `getStackId` takes, beside the number of frames to leave out (0 to 255). */
export const StackId = {
  /** The stack of user space, not of the kernel. */
  USER_STACK: 256,
  /** Stacks are compared by their hash alone. */
  FAST_STACK_CMP: 512,
  /** A new stack takes the place of another with the same id. */
  REUSE_STACKID: 1024,
} as const;

/** Stacks by number: a value is the addresses, innermost first. */
export interface StackTraceMap extends MapDescription<"stackTrace", u32, FixedArray<u64, number>> {
  /**
   * Stores the stack at which the program was called and gives its number; a negative errno: EEXIST (−17) where another stack
   * has it, EFAULT (−14) where there is no stack. `flags`: `StackId`. `ctx` is the program's context.
   */
  getStackId(ctx: object, flags?: number): number;
}

/** Control groups by index. */
export interface CgroupArray extends MapDescription<"cgroupArray", u32, u32> {
  /** 1 where the packet comes from the group at `index`, or below it; 0 where not; a negative errno: E2BIG (−7), EAGAIN (−11). */
  skbUnderCgroup(ctx: object, index: u32): number;
  /** 1 where the task that runs is in the group at `index`, or below it; 0 where not; a negative errno: E2BIG (−7), EAGAIN (−11). */
  currentTaskUnderCgroup(index: u32): number;
}

/** Who a value of the older cgroup storage belongs to. */
export interface CgroupStorageKey {
  /** The id of the group. */
  cgroupInodeId: u64;
  /** The way in which the program is attached. */
  attachType: u32;
}

/** A value for each program that is attached to a group. */
export interface OlderCgroupStorage<Type extends string, V> extends MapDescription<Type, CgroupStorageKey, V> {
  /** The value that belongs to the program and the group it is attached to; zero at first. */
  get(): RefTo<V>;
}

/** One value for each program and group; `cgroupStorage` (Linux 6.2) is newer. */
export interface DeprecatedCgroupStorage<V> extends OlderCgroupStorage<"deprecatedCgroupStorage", V> {}
/** As before, with a copy for each CPU. */
export interface DeprecatedPerCpuCgroupStorage<V> extends OlderCgroupStorage<"deprecatedPerCpuCgroupStorage", V> {}

/** What names a socket: one of the kernel's, or the context of a `cgroupSock` program, which is the socket. */
export type SocketOwner =
  | SocketCommon
  | TcpSocket
  | CgroupSockCreateContext
  | CgroupSockReleaseContext
  | CgroupSockPostBind4Context
  | CgroupSockPostBind6Context;

/** A value for each socket, which vanishes with it. */
export interface SkStorage<V> extends MapDescription<"skStorage", i32, V> {
  /**
   * The value of the socket; with `init` it is made where there is none. Undefined where there is none, where there is no
   * memory, and where the socket is no full one: that of a connection that is being made, or has ended.
   */
  get(sk: SocketOwner, init?: Init<V>): RefTo<V> | undefined;
  /** Removes the value of the socket. Gives 0, ENOENT (−2), or EINVAL (−22) where the socket is no full one. */
  delete(sk: SocketCommon | TcpSocket): number;
}

/** A value for each task, which vanishes with it. */
export interface TaskStorage<V> extends MapDescription<"taskStorage", i32, V> {
  /** The value of the task that runs; with `init` it is made where there is none. Undefined where there is none, or no memory. */
  getCurrent(init?: Init<V>): RefTo<V> | undefined;
  /** Removes the value of the task that runs. Gives 0, or ENOENT (−2). */
  deleteCurrent(): number;
}

/** What a map of stacks is made of. */
export interface StackTraceOptions {
  /** The most stacks it holds. */
  readonly maxEntries: number;
  /** The most frames of a stack; 127 where it is left out, which is the most that the kernel allows by default. */
  readonly depth?: number;
  /** `BPF_F_*` flags. */
  readonly flags?: number;
}

/** What an array of groups is made of. */
export interface CgroupArrayOptions {
  /** The number of groups. */
  readonly maxEntries: number;
  /** `BPF_F_*` flags. */
  readonly flags?: number;
}

/** What a storage is made of. */
export interface StorageOptions<V> {
  /** The schema of a value. */
  readonly value: Schema<V>;
  /** `BPF_F_*` flags. */
  readonly flags?: number;
}

const DEFAULT_DEPTH = 127;
const storageKey = Object.freeze({
  size: cgroupStorageKey.size,
  align: cgroupStorageKey.align,
  layout: cgroupStorageKey,
}) as unknown as Schema<CgroupStorageKey>;

/** Stacks: `stackTrace({ maxEntries: 1024 })`. Since Linux 4.6. */
export function stackTrace(options: StackTraceOptions): StackTraceMap {
  const { depth = DEFAULT_DEPTH, ...rest } = options;
  return defineMap("stackTrace", { ...rest, key: u32, value: array(u64, depth) }, ["getStackId"]);
}

/** Control groups: `cgroupArray({ maxEntries: 4 })`. Since Linux 4.8. */
export function cgroupArray(options: CgroupArrayOptions): CgroupArray {
  return defineMap("cgroupArray", { ...options, ...descriptor }, ["skbUnderCgroup", "currentTaskUnderCgroup"]);
}

/** Values of sockets: `skStorage({ value: Counters })`. Since Linux 5.2. */
export function skStorage<V>(options: StorageOptions<V>): SkStorage<V> {
  return defineMap("skStorage", { ...options, key: i32, maxEntries: 0 }, ["get", "delete"]);
}

/** Values of tasks: `taskStorage({ value: Times })`. For tracing programs; since Linux 5.11. */
export function taskStorage<V>(options: StorageOptions<V>): TaskStorage<V> {
  return defineMap("taskStorage", { ...options, key: i32, maxEntries: 0 }, ["getCurrent", "deleteCurrent"]);
}

/** Values of attached cgroup programs: `deprecatedCgroupStorage({ value: Counters })`. Since Linux 4.19. */
export function deprecatedCgroupStorage<V>(options: StorageOptions<V>): DeprecatedCgroupStorage<V> {
  return defineMap("deprecatedCgroupStorage", { ...options, key: storageKey, maxEntries: 0 }, ["get"]);
}

/** Values of attached cgroup programs with a copy for each CPU. Since Linux 4.20. */
export function deprecatedPerCpuCgroupStorage<V>(options: StorageOptions<V>): DeprecatedPerCpuCgroupStorage<V> {
  return defineMap("deprecatedPerCpuCgroupStorage", { ...options, key: storageKey, maxEntries: 0 }, ["get"]);
}
