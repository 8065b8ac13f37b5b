// A packet that needs a socket (include/uapi/linux/bpf.h; sk_lookup_is_valid_access of net/core/filter.c, Linux 6.12).
// `remote_port` has 16 bits in network order, `local_port` is in host order.

import type { ContextRow } from "./context-row.ts";
import { socketLayouts } from "./sockets.ts";

const u32 = { size: 4, access: "read", is: "integer" } as const;

/** Row of the context `bpf_sk_lookup`. */
export const skLookupContext = {
  struct: "bpf_sk_lookup",
  size: 72,
  fields: [
    {
      name: "sk",
      as: "sk",
      offset: 0,
      size: 8,
      access: "read",
      is: "socket",
      layout: socketLayouts.sock,
      nullable: true,
      since: "5.9",
      doc: "The socket that has been selected.",
    },
    {
      name: "cookie",
      offset: 0,
      size: 8,
      access: "read",
      is: "integer",
      programs: {},
      since: "5.13",
      doc: "Only comes out of a test run: the cookie of the socket that was selected.",
    },
    {
      ...u32,
      name: "family",
      as: "family",
      offset: 8,
      since: "5.9",
      doc: "Family of the packet: 2 (AF_INET) or 10 (AF_INET6).",
    },
    { ...u32, name: "protocol", as: "protocol", offset: 12, since: "5.9", doc: "Protocol: 6 (TCP) or 17 (UDP)." },
    {
      ...u32,
      name: "remote_ip4",
      as: "remoteIp4",
      offset: 16,
      bigEndian: true,
      since: "5.9",
      doc: "The sender's IPv4 address.",
    },
    {
      ...u32,
      name: "remote_ip6",
      as: "remoteIp6",
      offset: 20,
      count: 4,
      bigEndian: true,
      since: "5.9",
      doc: "The sender's IPv6 address.",
    },
    {
      name: "remote_port",
      as: "remotePort",
      offset: 36,
      size: 2,
      access: "read",
      is: "integer",
      bigEndian: true,
      since: "5.9",
      doc: "The sender's port.",
    },
    {
      ...u32,
      name: "local_ip4",
      as: "localIp4",
      offset: 40,
      bigEndian: true,
      since: "5.9",
      doc: "The IPv4 address that the packet is for.",
    },
    {
      ...u32,
      name: "local_ip6",
      as: "localIp6",
      offset: 44,
      count: 4,
      bigEndian: true,
      since: "5.9",
      doc: "The IPv6 address that the packet is for.",
    },
    { ...u32, name: "local_port", as: "localPort", offset: 60, since: "5.9", doc: "The port that the packet is for." },
    {
      ...u32,
      name: "ingress_ifindex",
      as: "ingressIfindex",
      offset: 64,
      since: "5.17",
      doc: "Index of the interface that received the packet; 0 where this host made it.",
    },
  ],
} as const satisfies ContextRow;
