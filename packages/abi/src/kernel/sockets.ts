// Sockets as programs see them: struct bpf_sock and struct bpf_tcp_sock (include/uapi/linux/bpf.h), by camelCase name. Of one
// that may be no full socket (bpf_sock_common_is_valid_access of net/core/filter.c, Linux 6.12) some fields are not seen.
// Remote addresses and ports lie in network order, the local port in host order.
import { arrayLayout, type Layout, type StructLayout, scalarLayouts } from "../layout.ts";

const { u32, i32, u64, u16be, u32be } = scalarLayouts;
const ip6 = arrayLayout(u32be, 4);

type Fields = readonly (readonly [name: string, offset: number, layout: Layout, full?: "full"])[];

const sockFields: Fields = [
  ["boundDevIf", 0, u32],
  ["family", 4, u32],
  ["type", 8, u32, "full"],
  ["protocol", 12, u32, "full"],
  ["mark", 16, u32, "full"],
  ["priority", 20, u32, "full"],
  ["srcIp4", 24, u32be],
  ["srcIp6", 28, ip6],
  ["srcPort", 44, u32],
  ["dstPort", 48, u16be],
  ["dstIp4", 52, u32be],
  ["dstIp6", 56, ip6],
  ["state", 72, u32],
  ["rxQueueMapping", 76, i32],
];

/** What TCP counts, 32 bits each but for two. */
const tcpNames = [
  ...["sndCwnd", "srttUs", "rttMin", "sndSsthresh", "rcvNxt", "sndNxt", "sndUna", "mssCache", "ecnFlags"],
  ...["rateDelivered", "rateIntervalUs", "packetsOut", "retransOut", "totalRetrans", "segsIn", "dataSegsIn"],
  ...["segsOut", "dataSegsOut", "lostOut", "sackedOut"],
];

const tcpFields: Fields = [
  ...tcpNames.map((name, index) => [name, index * 4, u32] as const),
  ["bytesReceived", 80, u64],
  ["bytesAcked", 88, u64],
  ["dsackDups", 96, u32],
  ["delivered", 100, u32],
  ["deliveredCe", 104, u32],
  ["icskRetransmits", 108, u32],
];

function struct(name: string, size: number, align: number, fields: Fields): StructLayout {
  return {
    kind: "struct",
    name,
    size,
    align,
    fields: fields.map(([field, offset, layout]) => ({ name: field, offset, layout })),
  };
}

/** Layouts by what the rows of helpers and contexts call them. */
export const socketLayouts = {
  sock: struct("bpf_sock", 80, 4, sockFields),
  sock_common: struct(
    "bpf_sock_common",
    80,
    4,
    sockFields.filter(([, , , full]) => full === undefined),
  ),
  tcp_sock: struct("bpf_tcp_sock", 112, 8, tcpFields),
} as const;

/** What kind of socket a layout is of; undefined for other layouts. */
export function socketOf(layout: Layout): keyof typeof socketLayouts | undefined {
  const kinds = Object.keys(socketLayouts) as (keyof typeof socketLayouts)[];
  return kinds.find((kind) => layout === socketLayouts[kind]);
}
