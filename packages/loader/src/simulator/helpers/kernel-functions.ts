// Functions of the kernel that programs call by id, as a device without metadata answers: net/core/xdp.c (Linux 6.12),
// where bpf_xdp_metadata_rx_* give -EOPNOTSUPP and leave the memory alone.
import { type KernelFunctionName, kernelFunctionNames, kernelFunctions } from "@typebpf/abi";
import { errno } from "../../errno.ts";
import { giveBack, type Implementation, type Unsimulated } from "./world.ts";

const noMetadata: Implementation = (world) => giveBack(world, -errno.EOPNOTSUPP);

const implementations: { readonly [K in KernelFunctionName]: Implementation | Unsimulated } = {
  xdpMetadataRxTimestamp: noMetadata,
  xdpMetadataRxHash: noMetadata,
  xdpMetadataRxVlanTag: noMetadata,
  xdpPullData: { unsimulated: "the simulator's packets have no fragments" },
};

/** What a function does, by the kernel's name of it; a text where the simulator has not got it. */
export function kernelImplementation(symbol: string): Implementation | string {
  const name = kernelFunctionNames.find((known) => kernelFunctions[known].symbol === symbol);
  if (name === undefined) return `${symbol}: the simulator does not know this function of the kernel`;
  const implementation = implementations[name];
  return typeof implementation === "function" ? implementation : `${symbol}: ${implementation.unsimulated}`;
}
