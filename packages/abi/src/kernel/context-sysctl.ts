// struct bpf_sysctl: a kernel parameter that is read or written (include/uapi/linux/bpf.h; sysctl_is_valid_access of
// kernel/bpf/cgroup.c, Linux 6.12). Its name and values come from helpers.
import type { ContextRow } from "./context-row.ts";

const u32 = { size: 4, is: "integer", since: "5.2" } as const;

/** Row of the context `bpf_sysctl`. */
export const sysctlContext = {
  struct: "bpf_sysctl",
  size: 8,
  fields: [
    {
      ...u32,
      name: "write",
      as: "write",
      offset: 0,
      access: "read",
      doc: "1 where the parameter is written, 0 where it is read.",
    },
    {
      ...u32,
      name: "file_pos",
      as: "filePos",
      offset: 4,
      access: "readWrite",
      doc: "Where in the parameter's file is read or written.",
    },
  ],
} as const satisfies ContextRow;
