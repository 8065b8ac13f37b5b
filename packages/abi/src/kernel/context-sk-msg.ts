// Data that a socket sends, before it is cut into segments (include/uapi/linux/bpf.h; sk_msg_is_valid_access of
// net/core/filter.c, Linux 6.12). `remote_port` is in the upper half of a word in network order, `local_port` in host order.

import type { ContextRow } from "./context-row.ts";
import { socketLayouts } from "./sockets.ts";

const u32 = { size: 4, access: "read", is: "integer" } as const;

/** Row of the context `sk_msg_md`. */
export const skMsgContext = {
  struct: "sk_msg_md",
  size: 80,
  fields: [
    {
      name: "data",
      offset: 0,
      size: 8,
      access: "readWrite",
      is: "packet",
      since: "4.17",
      doc: "First byte of the data that lies in one piece.",
    },
    { name: "data_end", offset: 8, size: 8, access: "read", is: "packetEnd", since: "4.17", doc: "End of that piece." },
    {
      ...u32,
      name: "family",
      as: "family",
      offset: 16,
      since: "4.18",
      doc: "The socket's family: 2 (AF_INET) or 10 (AF_INET6).",
    },
    {
      ...u32,
      name: "remote_ip4",
      as: "remoteIp4",
      offset: 20,
      bigEndian: true,
      since: "4.18",
      doc: "The socket's IPv4 address on the other side.",
    },
    {
      ...u32,
      name: "local_ip4",
      as: "localIp4",
      offset: 24,
      bigEndian: true,
      since: "4.18",
      doc: "The socket's IPv4 address on this side.",
    },
    {
      ...u32,
      name: "remote_ip6",
      as: "remoteIp6",
      offset: 28,
      count: 4,
      bigEndian: true,
      since: "4.18",
      doc: "The socket's IPv6 address on the other side.",
    },
    {
      ...u32,
      name: "local_ip6",
      as: "localIp6",
      offset: 44,
      count: 4,
      bigEndian: true,
      since: "4.18",
      doc: "The socket's IPv6 address on this side.",
    },
    {
      ...u32,
      name: "remote_port",
      as: "remotePort",
      offset: 60,
      bigEndian: true,
      since: "4.18",
      doc: "The socket's port on the other side.",
    },
    { ...u32, name: "local_port", as: "localPort", offset: 64, since: "4.18", doc: "The socket's port on this side." },
    { ...u32, name: "size", as: "size", offset: 68, since: "5.0", doc: "Bytes of the whole message." },
    {
      name: "sk",
      as: "sk",
      offset: 72,
      size: 8,
      access: "read",
      is: "socket",
      layout: socketLayouts.sock,
      since: "5.10",
      doc: "The socket that sends.",
    },
  ],
} as const satisfies ContextRow;
