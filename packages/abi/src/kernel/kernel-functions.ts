// Functions of the kernel that programs call by id in its BTF (kfuncs), in the form of helper rows, and with the helpers as
// one table of what can be called. Signatures and who may call them: net/core/xdp.c, net/core/filter.c (Linux 6.18),
// Documentation/networking/xdp-rx-metadata.rst. A function without a row here cannot be called.
import { scalarLayouts, structLayout } from "../layout.ts";
import { type HelperName, helperNames, helpers } from "./helpers/helpers.ts";
import type { CalleeRow, KernelFunctionRow } from "./helpers/row.ts";

const context = { name: "ctx", is: "context" } as const;
const { u16, u16be, u32 } = scalarLayouts;
const rxHash = structLayout("rx_hash", { hash: u32, type: u32 });
const rxVlan = structLayout("rx_vlan", { protocol: u16be, tci: u16 });

/** Rows by name: the kernel's without `bpf_`, in camelCase. */
export const kernelFunctions = {
  xdpMetadataRxTimestamp: {
    kernelFunction: true,
    deviceBound: true,
    symbol: "bpf_xdp_metadata_rx_timestamp",
    since: "6.3",
    args: [context, { name: "timestamp", is: "fixedWrite", bytes: 8 }],
    returns: { is: "status" },
    effects: ["impure"],
    license: "any",
    programs: ["xdp"],
    surface: { on: "context", as: "metadataRxTimestamp" },
    doc: "When the device received the packet, in nanoseconds of its clock; undefined where it does not say. The program is loaded for one device.",
  },
  xdpMetadataRxHash: {
    kernelFunction: true,
    deviceBound: true,
    symbol: "bpf_xdp_metadata_rx_hash",
    since: "6.3",
    args: [
      context,
      { name: "hash", is: "fieldWrite", layout: rxHash, field: "hash" },
      { name: "type", is: "fieldWrite", layout: rxHash, field: "type" },
    ],
    returns: { is: "status" },
    effects: ["impure"],
    license: "any",
    programs: ["xdp"],
    surface: { on: "context", as: "metadataRxHash" },
    doc: "The device's hash of the packet, and which headers went into it (`enum xdp_rss_hash_type`); undefined where it has none. The program is loaded for one device.",
  },
  xdpMetadataRxVlanTag: {
    kernelFunction: true,
    deviceBound: true,
    symbol: "bpf_xdp_metadata_rx_vlan_tag",
    since: "6.8",
    args: [
      context,
      { name: "protocol", is: "fieldWrite", layout: rxVlan, field: "protocol" },
      { name: "tci", is: "fieldWrite", layout: rxVlan, field: "tci" },
    ],
    returns: { is: "status" },
    effects: ["impure"],
    license: "any",
    programs: ["xdp"],
    surface: { on: "context", as: "metadataRxVlanTag" },
    doc: "The VLAN tag that the device took off the packet; undefined where there was none. The program is loaded for one device.",
  },
  xdpPullData: {
    kernelFunction: true,
    symbol: "bpf_xdp_pull_data",
    since: "6.18",
    args: [context, { name: "length", is: "integer", width: 32, signed: false }],
    returns: { is: "status" },
    effects: ["impure", "invalidatesPackets", "writesPacket"],
    license: "any",
    programs: ["xdp"],
    surface: { on: "context", as: "pullData" },
    doc: "Makes the first `length` bytes of the packet readable through packet refs, out of fragments where need be. 0, or a negative errno. Packet refs made before are dead.",
  },
} as const satisfies Readonly<Record<string, KernelFunctionRow>>;

/** The name of a kernel function's row. */
export type KernelFunctionName = keyof typeof kernelFunctions;

/** Names of all rows of kernel functions. */
export const kernelFunctionNames = Object.keys(kernelFunctions) as readonly KernelFunctionName[];

/** The name of a row of what programs call in the kernel. */
export type CalleeName = HelperName | KernelFunctionName;

/** Helpers and kernel functions; no two have one name. */
export const callees: { readonly [K in CalleeName]: CalleeRow } = { ...helpers, ...kernelFunctions };

/** Names of all rows. */
export const calleeNames: readonly CalleeName[] = [...helperNames, ...kernelFunctionNames];

/** True for the names of kernel functions. */
export function isKernelFunction(name: CalleeName): name is KernelFunctionName {
  return Object.hasOwn(kernelFunctions, name);
}

/** The row of a function by the kernel's name of it; undefined where there is none. */
export function kernelFunctionNamed(symbol: string): KernelFunctionRow | undefined {
  return Object.values<KernelFunctionRow>(kernelFunctions).find((row) => row.symbol === symbol);
}
