// struct bpf_sock_addr: an address that a process names (include/uapi/linux/bpf.h). What may be read and written:
// sock_addr_is_valid_access of net/core/filter.c (Linux 6.12). Ports are 16 bits in network order, zero-extended.

import type { ContextRow } from "./context-row.ts";
import { socketLayouts } from "./sockets.ts";

const u32 = { size: 4, access: "read", is: "integer" } as const;
const inet4 = [
  "CGROUP_INET4_BIND",
  "CGROUP_INET4_CONNECT",
  "CGROUP_INET4_GETPEERNAME",
  "CGROUP_INET4_GETSOCKNAME",
  "CGROUP_UDP4_SENDMSG",
  "CGROUP_UDP4_RECVMSG",
] as const;
const inet6 = [
  "CGROUP_INET6_BIND",
  "CGROUP_INET6_CONNECT",
  "CGROUP_INET6_GETPEERNAME",
  "CGROUP_INET6_GETSOCKNAME",
  "CGROUP_UDP6_SENDMSG",
  "CGROUP_UDP6_RECVMSG",
] as const;

/** Row of the context `bpf_sock_addr`. */
export const sockAddrContext = {
  struct: "bpf_sock_addr",
  size: 72,
  fields: [
    {
      ...u32,
      name: "user_family",
      as: "userFamily",
      offset: 0,
      since: "4.17",
      doc: "Family of the address: 1 Unix, 2 IPv4, 10 IPv6.",
    },
    {
      ...u32,
      name: "user_ip4",
      as: "userIp4",
      offset: 4,
      access: "readWrite",
      bigEndian: true,
      attachTypes: inet4,
      since: "4.17",
      doc: "The IPv4 address; what is written takes its place.",
    },
    {
      ...u32,
      name: "user_ip6",
      as: "userIp6",
      offset: 8,
      count: 4,
      access: "readWrite",
      bigEndian: true,
      attachTypes: inet6,
      since: "4.17",
      doc: "The IPv6 address; what is written takes its place.",
    },
    {
      ...u32,
      name: "user_port",
      as: "userPort",
      offset: 24,
      access: "readWrite",
      bits: 16,
      bigEndian: true,
      since: "4.17",
      doc: "The port; what is written takes its place.",
    },
    {
      ...u32,
      name: "family",
      as: "family",
      offset: 28,
      since: "4.17",
      doc: "Family of the socket, which may be IPv6 with an IPv4 address.",
    },
    {
      ...u32,
      name: "type",
      as: "type",
      offset: 32,
      since: "4.17",
      doc: "Kind of socket: 1 stream, 2 datagram, 3 raw.",
    },
    { ...u32, name: "protocol", as: "protocol", offset: 36, since: "4.17", doc: "The socket's IP protocol." },
    {
      ...u32,
      name: "msg_src_ip4",
      as: "msgSrcIp4",
      offset: 40,
      access: "readWrite",
      bigEndian: true,
      attachTypes: ["CGROUP_UDP4_SENDMSG"],
      since: "4.18",
      doc: "The IPv4 address that the datagram comes from.",
    },
    {
      ...u32,
      name: "msg_src_ip6",
      as: "msgSrcIp6",
      offset: 44,
      count: 4,
      access: "readWrite",
      bigEndian: true,
      attachTypes: ["CGROUP_UDP6_SENDMSG"],
      since: "4.18",
      doc: "The IPv6 address that the datagram comes from.",
    },
    {
      name: "sk",
      as: "sk",
      offset: 64,
      size: 8,
      access: "read",
      is: "socket",
      layout: socketLayouts.sock,
      since: "5.3",
      doc: "The socket.",
    },
  ],
} as const satisfies ContextRow;
