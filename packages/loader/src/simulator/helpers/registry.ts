// One row per helper: how the simulator does it, or why it does not. A helper without a row does not compile.
import type { HelperName } from "@typebpf/abi";
import { mapDeleteElem, mapLookupElem, mapUpdateElem } from "./maps.ts";
import { getNumaNodeId, getPrandomU32, getSmpProcessorId } from "./system.ts";
import { jiffies64, ktimeGetCoarseNs, ktimeGetNs } from "./time.ts";
import type { Implementation, Unsimulated } from "./world.ts";
import {
  csumDiff,
  redirect,
  xdpAdjustHead,
  xdpAdjustMeta,
  xdpAdjustTail,
  xdpGetBuffLen,
  xdpLoadBytes,
  xdpStoreBytes,
} from "./xdp.ts";

/** Every helper of the table, by name. */
export const implementations: { readonly [K in HelperName]: Implementation | Unsimulated } = {
  mapLookupElem,
  mapUpdateElem,
  mapDeleteElem,
  ktimeGetNs,
  ktimeGetBootNs: ktimeGetNs,
  ktimeGetCoarseNs,
  ktimeGetTaiNs: ktimeGetNs,
  jiffies64,
  getPrandomU32,
  getSmpProcessorId,
  getNumaNodeId,
  xdpAdjustHead,
  xdpAdjustTail,
  xdpAdjustMeta,
  xdpGetBuffLen,
  xdpLoadBytes,
  xdpStoreBytes,
  redirect,
  csumDiff,
};
