// One row per helper: how the simulator does it, or why it does not. A helper without a row does not compile.
import { type HelperName, uapi } from "@typebpf/abi";
import { forEachMapElem, loop } from "./callbacks.ts";
import { spinLock, spinUnlock } from "./locks.ts";
import { mapPeekElem, mapPopElem, mapPushElem, perfEventOutput, redirectMap, tailCall } from "./map-calls.ts";
import { mapDeleteElem, mapLookupElem, mapUpdateElem } from "./maps.ts";
import {
  probeRead,
  probeReadKernel,
  probeReadKernelStr,
  probeReadStr,
  probeReadUser,
  probeReadUserStr,
  probeWriteUser,
} from "./probe.ts";
import { ringbufDiscard, ringbufOutput, ringbufQuery, ringbufReserve, ringbufSubmit } from "./ring-buffer.ts";
import {
  cloneRedirect,
  csumLevel,
  csumUpdate,
  getHashRecalc,
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
import { sockOpsCbFlagsSet } from "./sock-ops.ts";
import { getsockopt, setsockopt } from "./socket-options.ts";
import * as sockets from "./sockets.ts";
import { sysctlGetCurrentValue, sysctlGetName, sysctlGetNewValue, sysctlSetNewValue } from "./sysctl.ts";
import { getNumaNodeId, getPrandomU32, getSmpProcessorId } from "./system.ts";
import {
  getAttachCookie,
  getCurrentAncestorCgroupId,
  getCurrentCgroupId,
  getCurrentComm,
  getCurrentPidTgid,
  getCurrentTask,
  getCurrentUidGid,
  getFuncIp,
  getNsCurrentPidTgid,
  getRetval,
  one,
  sendSignal,
  sendSignalThread,
  setRetval,
  zero,
} from "./task.ts";
import { strncmp, strtol, strtoul } from "./text.ts";
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

/** Every helper of the table, by name. */
export const implementations: { readonly [K in HelperName]: Implementation | Unsimulated } = {
  ...unsimulated,
  ...sockets,
  getAttachCookie,
  getCurrentAncestorCgroupId,
  getCurrentCgroupId,
  getCurrentComm,
  getCurrentPidTgid,
  getCurrentTask,
  getCurrentUidGid,
  getFuncIp,
  getNsCurrentPidTgid,
  getRetval,
  sendSignal,
  sendSignalThread,
  setRetval,
  probeRead,
  probeReadKernel,
  probeReadKernelStr,
  probeReadStr,
  probeReadUser,
  probeReadUserStr,
  probeWriteUser,
  sysctlGetCurrentValue,
  sysctlGetName,
  sysctlGetNewValue,
  sysctlSetNewValue,
  strncmp,
  strtol,
  strtoul,
  getsockopt,
  setsockopt,
  sockOpsCbFlagsSet,
  copyFromUser: probeReadUser,
  getNetnsCookie: one,
  mapLookupElem,
  mapUpdateElem,
  mapDeleteElem,
  tailCall,
  redirectMap,
  perfEventOutput,
  mapPushElem,
  mapPopElem,
  mapPeekElem,
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
  getCgroupClassid: zero,
  getRouteRealm: none,
  // Packets are those of the task that runs.
  skbCgroupId: getCurrentCgroupId,
  getSocketCookie: one,
  getSocketUid: none,
};

/** What to say of a helper that has no row; undefined for a number that the kernel does not have either. */
export function unknownHelper(number: number): string | undefined {
  const found = Object.entries(uapi.helper).find(([, one]) => one === number);
  return found && `the simulator does not have bpf_${found[0]}`;
}
