// A device file that is opened or made (include/uapi/linux/bpf.h).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `bpf_cgroup_dev_ctx`. */
export const cgroupDeviceContext = { struct: "bpf_cgroup_dev_ctx", size: 12, fields: [] } as const satisfies ContextRow;
