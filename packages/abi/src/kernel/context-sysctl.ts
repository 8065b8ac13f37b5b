// An access to a kernel parameter (include/uapi/linux/bpf.h).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `bpf_sysctl`. */
export const sysctlContext = { struct: "bpf_sysctl", size: 8, fields: [] } as const satisfies ContextRow;
