// struct bpf_sockopt: a socket option that is read or set (include/uapi/linux/bpf.h; cg_sockopt_is_valid_access of
// kernel/bpf/cgroup.c, Linux 6.12). The option's value is memory with an end, as a packet is, and can be written.

import type { ContextRow } from "./context-row.ts";
import { socketLayouts } from "./sockets.ts";

const i32 = { size: 4, access: "read", is: "integer", signed: true, since: "5.3" } as const;
const chosen = { CGROUP_GETSOCKOPT: "read", CGROUP_SETSOCKOPT: "readWrite" } as const;

/** Row of the context `bpf_sockopt`. */
export const sockoptContext = {
  struct: "bpf_sockopt",
  size: 40,
  fields: [
    {
      name: "sk",
      as: "sk",
      offset: 0,
      size: 8,
      access: "read",
      is: "socket",
      layout: socketLayouts.sock,
      since: "5.3",
      doc: "The socket.",
    },
    {
      name: "optval",
      as: "optval",
      offset: 8,
      size: 8,
      access: "readWrite",
      is: "packet",
      since: "5.3",
      doc: "The option's value: at most its first 4096 bytes.",
    },
    {
      name: "optval_end",
      offset: 16,
      size: 8,
      access: "read",
      is: "packetEnd",
      since: "5.3",
      doc: "End of the option's value.",
    },
    {
      ...i32,
      name: "level",
      as: "level",
      offset: 24,
      attachTypes: chosen,
      doc: "Level of the option: 1 SOL_SOCKET, or a protocol.",
    },
    {
      ...i32,
      name: "optname",
      as: "optname",
      offset: 28,
      attachTypes: chosen,
      doc: "Number of the option within its level.",
    },
    {
      ...i32,
      name: "optlen",
      as: "optlen",
      offset: 32,
      access: "readWrite",
      doc: "Bytes of the value. Before the kernel's own setsockopt, −1 leaves that out.",
    },
    {
      ...i32,
      name: "retval",
      as: "retval",
      offset: 36,
      access: "readWrite",
      attachTypes: ["CGROUP_GETSOCKOPT"],
      doc: "What the kernel's own getsockopt gave: 0 or a negative errno. Writing 0 makes good what failed.",
    },
  ],
} as const satisfies ContextRow;
