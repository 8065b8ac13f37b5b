// Where programs on places of the kernel's own code are attached.
import type { BackendMap } from "./backend.ts";

/** Programs whose place is named when they are loaded have nothing more to say: `attach({})`. */
export type PlacedAttachOptions = Readonly<Record<string, never>>;

/** Security hooks for a cgroup: the path of its folder, or a descriptor. */
export interface CgroupHookAttachOptions {
  readonly cgroup: string | number;
}

/** Members of a table of functions that are no functions, by their names: `{ name: "mine", flags: 0 }`. */
export type StructOpsAttachOptions = Readonly<Record<string, string | number | bigint>>;

/** What an iterator goes over, where its kind needs to be told. */
export interface IteratorAttachOptions {
  /** Entries of this map: of an object in the kernel. */
  readonly map?: BackendMap;
  /** Cgroups from this one: the path of its folder, or a descriptor. */
  readonly cgroup?: string | number;
  /** Which cgroups: this one (default), with those below it before or after them, or with those above it. */
  readonly order?: "self" | "descendants" | "descendantsAfter" | "ancestors";
  /** This thread only; this process only. */
  readonly thread?: number;
  readonly process?: number;
}
