// One row per helper: how the simulator does it, or why it does not. A helper without a row does not compile.
import { type HelperName, uapi } from "@typebpf/abi";
import { forEachMapElem, loop } from "./callbacks.ts";
import { spinLock, spinUnlock } from "./locks.ts";
import { mapDeleteElem, mapLookupElem, mapUpdateElem } from "./maps.ts";
import { ringbufDiscard, ringbufOutput, ringbufQuery, ringbufReserve, ringbufSubmit } from "./ring-buffer.ts";
import {
  cloneRedirect,
  csumLevel,
  csumUpdate,
  getHashRecalc,
  getSocketCookie,
  l3CsumReplace,
  l4CsumReplace,
  none,
  redirect,
  redirectNeigh,
  redirectPeer,
  setHash,
  setHashInvalid,
  skbAdjustRoom,
  skbChangeHead,
  skbChangeProto,
  skbChangeTail,
  skbChangeType,
  skbLoadBytes,
  skbLoadBytesRelative,
  skbPullData,
  skbStoreBytes,
  skbVlanPop,
  skbVlanPush,
} from "./skb.ts";
import { getNumaNodeId, getPrandomU32, getSmpProcessorId } from "./system.ts";
import { jiffies64, ktimeGetCoarseNs, ktimeGetNs } from "./time.ts";
import { tracePrintk, traceVprintk } from "./trace.ts";
import { unsimulated } from "./unsimulated.ts";
import type { Implementation, Unsimulated } from "./world.ts";
import {
  csumDiff,
  xdpAdjustHead,
  xdpAdjustMeta,
  xdpAdjustTail,
  xdpGetBuffLen,
  xdpLoadBytes,
  xdpStoreBytes,
} from "./xdp.ts";

const notYet: Unsimulated = { unsimulated: "not simulated yet" };

/** Every helper of the table, by name. */
export const implementations: { readonly [K in HelperName]: Implementation | Unsimulated } = {
  ...unsimulated,
  mapLookupElem,
  mapUpdateElem,
  mapDeleteElem,
  tailCall: notYet,
  redirectMap: notYet,
  perfEventOutput: notYet,
  mapPushElem: notYet,
  mapPopElem: notYet,
  mapPeekElem: notYet,
  ringbufReserve,
  ringbufSubmit,
  ringbufDiscard,
  ringbufOutput,
  ringbufQuery,
  tracePrintk,
  traceVprintk,
  spinLock,
  spinUnlock,
  loop,
  forEachMapElem,
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
  skbLoadBytes,
  skbLoadBytesRelative,
  skbStoreBytes,
  skbPullData,
  l3CsumReplace,
  l4CsumReplace,
  csumUpdate,
  csumLevel,
  cloneRedirect,
  redirectPeer,
  redirectNeigh,
  skbVlanPush,
  skbVlanPop,
  skbChangeProto,
  skbChangeType,
  skbChangeTail,
  skbChangeHead,
  skbAdjustRoom,
  getHashRecalc,
  setHashInvalid,
  setHash,
  getCgroupClassid: none,
  getRouteRealm: none,
  skbCgroupId: { unsimulated: "the simulator has no control groups" },
  getSocketCookie,
  getSocketUid: none,
};

/** What to say of a helper that has no row; undefined for a number that the kernel does not have either. */
export function unknownHelper(number: number): string | undefined {
  const found = Object.entries(uapi.helper).find(([, one]) => one === number);
  return found && `the simulator does not have bpf_${found[0]}`;
}
