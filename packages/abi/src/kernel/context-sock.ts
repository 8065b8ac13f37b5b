// struct bpf_sock: a socket, the context of cgroup_sock (include/uapi/linux/bpf.h). What may be read and written:
// bpf_sock_is_valid_access and __sock_filter_check_attach_type of net/core/filter.c (Linux 6.12).
import type { ContextRow } from "./context-row.ts";

const u32 = { size: 4, access: "read", is: "integer" } as const;
/** Written where a socket is made or released, not to be seen elsewhere. */
const made = { CGROUP_INET_SOCK_CREATE: "readWrite", CGROUP_INET_SOCK_RELEASE: "readWrite" } as const;
const bound4 = ["CGROUP_INET4_POST_BIND"] as const;
const bound6 = ["CGROUP_INET6_POST_BIND"] as const;

/** Row of the context `bpf_sock`. */
export const sockContext = {
  struct: "bpf_sock",
  size: 80,
  fields: [
    {
      ...u32,
      name: "bound_dev_if",
      as: "boundDevIf",
      offset: 0,
      attachTypes: made,
      since: "4.10",
      doc: "Index of the interface that the socket is bound to; 0 for none.",
    },
    { ...u32, name: "family", as: "family", offset: 4, since: "4.10", doc: "Address family: 2 IPv4, 10 IPv6." },
    { ...u32, name: "type", as: "type", offset: 8, since: "4.10", doc: "Kind: 1 stream, 2 datagram, 3 raw." },
    { ...u32, name: "protocol", as: "protocol", offset: 12, since: "4.10", doc: "IP protocol." },
    {
      ...u32,
      name: "mark",
      as: "mark",
      offset: 16,
      attachTypes: made,
      since: "4.14",
      doc: "Mark of the packets that it sends.",
    },
    {
      ...u32,
      name: "priority",
      as: "priority",
      offset: 20,
      attachTypes: made,
      since: "4.14",
      doc: "Priority of the packets that it sends.",
    },
    {
      ...u32,
      name: "src_ip4",
      as: "srcIp4",
      offset: 24,
      bigEndian: true,
      attachTypes: bound4,
      since: "4.17",
      doc: "Its own IPv4 address.",
    },
    {
      ...u32,
      name: "src_ip6",
      as: "srcIp6",
      offset: 28,
      count: 4,
      bigEndian: true,
      attachTypes: bound6,
      since: "4.17",
      doc: "Its own IPv6 address.",
    },
    {
      ...u32,
      name: "src_port",
      as: "srcPort",
      offset: 44,
      attachTypes: [...bound4, ...bound6],
      since: "4.17",
      doc: "Its own port.",
    },
    {
      name: "dst_port",
      as: "dstPort",
      offset: 48,
      size: 2,
      access: "read",
      is: "integer",
      bigEndian: true,
      since: "5.1",
      doc: "The other side's port; 0 where there is none.",
    },
    {
      ...u32,
      name: "dst_ip4",
      as: "dstIp4",
      offset: 52,
      bigEndian: true,
      since: "5.1",
      doc: "The other side's IPv4 address.",
    },
    {
      ...u32,
      name: "dst_ip6",
      as: "dstIp6",
      offset: 56,
      count: 4,
      bigEndian: true,
      since: "5.1",
      doc: "The other side's IPv6 address.",
    },
    {
      ...u32,
      name: "state",
      as: "state",
      offset: 72,
      since: "5.1",
      doc: "State of the connection: 1 established … 10 listening.",
    },
    {
      ...u32,
      name: "rx_queue_mapping",
      as: "rxQueueMapping",
      offset: 76,
      signed: true,
      since: "5.8",
      doc: "Index of the receive queue; −1 where not known.",
    },
  ],
} as const satisfies ContextRow;
