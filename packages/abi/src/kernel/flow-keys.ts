// struct bpf_flow_keys, what a flow dissector fills in (include/uapi/linux/bpf.h, Linux 6.12). Addresses of both families
// share their bytes. All fields but `flags` of more than a byte are in network order, the two offsets in host order.
import { arrayLayout, type Layout, type StructLayout, scalarLayouts } from "../layout.ts";

const { u8, u16, u32, u16be, u32be } = scalarLayouts;
const ip6 = arrayLayout(u32be, 4);

const fields: readonly (readonly [name: string, offset: number, layout: Layout])[] = [
  ["nhoff", 0, u16],
  ["thoff", 2, u16],
  ["addrProto", 4, u16],
  ["isFrag", 6, u8],
  ["isFirstFrag", 7, u8],
  ["isEncap", 8, u8],
  ["ipProto", 9, u8],
  ["nProto", 10, u16be],
  ["sport", 12, u16be],
  ["dport", 14, u16be],
  ["ipv4Src", 16, u32be],
  ["ipv4Dst", 20, u32be],
  ["ipv6Src", 16, ip6],
  ["ipv6Dst", 32, ip6],
  ["flags", 48, u32],
  ["flowLabel", 52, u32be],
];

/** Where the parts of `struct bpf_flow_keys` lie, by camelCase name. */
export const flowKeysLayout: StructLayout = {
  kind: "struct",
  name: "bpf_flow_keys",
  fields: fields.map(([name, offset, layout]) => ({ name, offset, layout })),
  size: 56,
  align: 4,
};
