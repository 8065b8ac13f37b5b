// Flags of BPF_MAP_CREATE (include/uapi/linux/bpf.h) and the first kernel that takes each.
import { uapi } from "./uapi.generated.ts";

/** One flag. */
export interface MapFlagRow {
  readonly name: string;
  readonly bit: number;
  readonly since: string;
}

const c = uapi.constant;

/** Every flag that a map may be created with. */
export const mapFlagRows: readonly MapFlagRow[] = [
  { name: "BPF_F_NO_PREALLOC", bit: c.BPF_F_NO_PREALLOC, since: "4.6" },
  { name: "BPF_F_NO_COMMON_LRU", bit: c.BPF_F_NO_COMMON_LRU, since: "4.10" },
  { name: "BPF_F_NUMA_NODE", bit: c.BPF_F_NUMA_NODE, since: "4.14" },
  { name: "BPF_F_RDONLY", bit: c.BPF_F_RDONLY, since: "4.15" },
  { name: "BPF_F_WRONLY", bit: c.BPF_F_WRONLY, since: "4.15" },
  { name: "BPF_F_STACK_BUILD_ID", bit: c.BPF_F_STACK_BUILD_ID, since: "4.17" },
  { name: "BPF_F_ZERO_SEED", bit: c.BPF_F_ZERO_SEED, since: "5.0" },
  { name: "BPF_F_RDONLY_PROG", bit: c.BPF_F_RDONLY_PROG, since: "5.2" },
  { name: "BPF_F_WRONLY_PROG", bit: c.BPF_F_WRONLY_PROG, since: "5.2" },
  { name: "BPF_F_CLONE", bit: c.BPF_F_CLONE, since: "5.4" },
  { name: "BPF_F_MMAPABLE", bit: c.BPF_F_MMAPABLE, since: "5.5" },
  { name: "BPF_F_PRESERVE_ELEMS", bit: c.BPF_F_PRESERVE_ELEMS, since: "5.10" },
  { name: "BPF_F_INNER_MAP", bit: c.BPF_F_INNER_MAP, since: "5.10" },
  { name: "BPF_F_LINK", bit: c.BPF_F_LINK, since: "6.6" },
  { name: "BPF_F_PATH_FD", bit: c.BPF_F_PATH_FD, since: "6.6" },
  { name: "BPF_F_VTYPE_BTF_OBJ_FD", bit: c.BPF_F_VTYPE_BTF_OBJ_FD, since: "6.9" },
  { name: "BPF_F_TOKEN_FD", bit: c.BPF_F_TOKEN_FD, since: "6.9" },
  { name: "BPF_F_SEGV_ON_FAULT", bit: c.BPF_F_SEGV_ON_FAULT, since: "6.9" },
  { name: "BPF_F_NO_USER_CONV", bit: c.BPF_F_NO_USER_CONV, since: "6.9" },
];
