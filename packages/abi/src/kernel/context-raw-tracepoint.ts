// The arguments of a tracepoint, 64 bits each (include/uapi/linux/bpf.h). No tracepoint has more than 12 (MAX_BPF_FUNC_ARGS of
// include/linux/bpf.h); the kernel refuses to attach a program that reads one that its tracepoint has not.
import type { ContextRow } from "./context-row.ts";

/** Row of the context `bpf_raw_tracepoint_args`. */
export const rawTracepointContext = {
  struct: "",
  size: 96,
  fields: [
    {
      name: "args",
      as: "args",
      offset: 0,
      size: 8,
      count: 12,
      access: "read",
      is: "integer",
      since: "4.17",
      doc: "The tracepoint's arguments as it was called with them: numbers, and addresses of the kernel's objects.",
    },
  ],
} as const satisfies ContextRow;
