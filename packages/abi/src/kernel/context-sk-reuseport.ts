// A packet for one of the sockets that share a port (include/uapi/linux/bpf.h; sk_reuseport_is_valid_access of
// net/core/filter.c, Linux 6.12). The packet begins at the header of TCP or UDP; programs may only read it.

import type { ContextRow } from "./context-row.ts";
import { socketLayouts } from "./sockets.ts";

const u32 = { size: 4, access: "read", is: "integer" } as const;

/** Row of the context `sk_reuseport_md`. */
export const skReuseportContext = {
  struct: "sk_reuseport_md",
  size: 56,
  fields: [
    {
      name: "data",
      offset: 0,
      size: 8,
      access: "read",
      is: "packet",
      since: "4.19",
      doc: "First byte of the packet's linear part.",
    },
    {
      name: "data_end",
      offset: 8,
      size: 8,
      access: "read",
      is: "packetEnd",
      since: "4.19",
      doc: "End of the packet's linear part.",
    },
    {
      ...u32,
      name: "len",
      as: "len",
      offset: 16,
      since: "4.19",
      doc: "Bytes of the packet from the header of TCP or UDP on.",
    },
    {
      ...u32,
      name: "eth_protocol",
      as: "ethProtocol",
      offset: 20,
      bits: 16,
      bigEndian: true,
      since: "4.19",
      doc: "EtherType of the packet.",
    },
    { ...u32, name: "ip_protocol", as: "ipProtocol", offset: 24, since: "4.19", doc: "Protocol: 6 (TCP) or 17 (UDP)." },
    {
      ...u32,
      name: "bind_inany",
      as: "bindInany",
      offset: 28,
      since: "4.19",
      doc: "1 where the sockets are bound to any address.",
    },
    { ...u32, name: "hash", as: "hash", offset: 32, since: "4.19", doc: "Hash of the packet's addresses and ports." },
    {
      name: "sk",
      as: "sk",
      offset: 40,
      size: 8,
      access: "read",
      is: "socket",
      layout: socketLayouts.sock,
      since: "5.14",
      doc: "One of the sockets.",
    },
    {
      name: "migrating_sk",
      as: "migratingSk",
      offset: 48,
      size: 8,
      access: "read",
      is: "socket",
      layout: socketLayouts.sock_common,
      nullable: true,
      since: "5.14",
      doc: "The socket whose connection moves to another one.",
    },
  ],
} as const satisfies ContextRow;
