// struct bpf_cgroup_dev_ctx: a device file that is opened or made (include/uapi/linux/bpf.h). All can be read, nothing
// written; `access_type` in halves too (cgroup_dev_is_valid_access of kernel/bpf/cgroup.c, Linux 6.12).
import type { ContextRow } from "./context-row.ts";

const u32 = { size: 4, access: "read", is: "integer", since: "4.15" } as const;

/** Row of the context `bpf_cgroup_dev_ctx`. */
export const cgroupDeviceContext = {
  struct: "bpf_cgroup_dev_ctx",
  size: 12,
  fields: [
    {
      ...u32,
      name: "access_type",
      as: "accessType",
      offset: 0,
      parts: [
        { as: "deviceType", at: 0, size: 2, doc: "A block or a character device: one of `DeviceType`." },
        { as: "access", at: 2, size: 2, doc: "What is wanted: bits of `DeviceAccess`." },
      ],
      doc: "`deviceType` and, shifted by 16, `access`.",
    },
    { ...u32, name: "major", as: "major", offset: 4, doc: "The device's major number." },
    { ...u32, name: "minor", as: "minor", offset: 8, doc: "The device's minor number." },
  ],
} as const satisfies ContextRow;
