// Helpers that the simulator does not have, by why it has not.
import type { Unsimulated } from "./world.ts";

const because = (unsimulated: string): Unsimulated => ({ unsimulated });

const other = because("needs tasks of the kernel beside the one that runs");
const structs = because("needs the kernel's own structs");
const cgroups = because("the simulator has no control groups");
const stack = because("the simulated machine has no stacks of a kernel");
const perf = because("the simulator counts no events");
const trace = because("the simulator traces no functions");
const iter = because("needs an iterator of the kernel");
const ima = because("needs the integrity subsystem");
const sockets = because("needs sockets");
const storage = because("the simulator has no such storage");
const opts = because("the simulator sends no TCP headers");
const lwt = because("needs routes with segments");
const infra = because("needs a remote control");
const tunnel = because("the simulator has no tunnels");
const route = because("needs a routing table");
const percpu = because("needs the kernel's own variables");
const dynptr = because("the simulator has no dynptrs");
const timer = because("nothing runs after a program has ended");
const syscall = because("the simulator makes no system calls");
const queues = because("the simulator has no queues of packets");
const texts = because("the simulator formats only lines to trace");

export const unsimulated = {
  skbEcnSetCe: queues,
  skbSetTstamp: queues,
  snprintf: texts,
  copyFromUserTask: other,
  getTaskStack: other,
  findVma: other,
  getCurrentTaskBtf: structs,
  taskPtRegs: structs,
  bprmOptsSet: structs,
  dPath: structs,
  snprintfBtf: structs,
  skbOutput: structs,
  xdpOutput: structs,
  skcToTcp6Sock: structs,
  skcToTcpSock: structs,
  skcToTcpTimewaitSock: structs,
  skcToTcpRequestSock: structs,
  skcToUdp6Sock: structs,
  skcToUnixSock: structs,
  skcToMptcpSock: structs,
  sockFromFile: structs,
  kptrXchg: structs,
  currentTaskUnderCgroup: cgroups,
  skCgroupId: cgroups,
  skAncestorCgroupId: cgroups,
  skbUnderCgroup: cgroups,
  skbAncestorCgroupId: cgroups,
  skbCgroupClassid: cgroups,
  getStackid: stack,
  getStack: stack,
  perfEventRead: perf,
  perfEventReadValue: perf,
  perfProgReadValue: perf,
  readBranchRecords: perf,
  getBranchSnapshot: perf,
  overrideReturn: trace,
  getFuncArg: trace,
  getFuncRet: trace,
  getFuncArgCnt: trace,
  seqPrintf: iter,
  seqWrite: iter,
  seqPrintfBtf: iter,
  imaInodeHash: ima,
  imaFileHash: ima,
  skLookupTcp: sockets,
  skLookupUdp: sockets,
  skcLookupTcp: sockets,
  skRelease: sockets,
  skFullsock: sockets,
  tcpSock: sockets,
  getListenerSock: sockets,
  tcpCheckSyncookie: sockets,
  tcpGenSyncookie: sockets,
  tcpRawGenSyncookieIpv4: sockets,
  tcpRawGenSyncookieIpv6: sockets,
  tcpRawCheckSyncookieIpv4: sockets,
  tcpRawCheckSyncookieIpv6: sockets,
  tcpSendAck: sockets,
  skAssign: sockets,
  bind: sockets,
  sockMapUpdate: sockets,
  sockHashUpdate: sockets,
  getLocalStorage: storage,
  skStorageGet: storage,
  skStorageDelete: storage,
  inodeStorageGet: storage,
  inodeStorageDelete: storage,
  taskStorageGet: storage,
  taskStorageDelete: storage,
  cgrpStorageGet: storage,
  cgrpStorageDelete: storage,
  loadHdrOpt: opts,
  storeHdrOpt: opts,
  reserveHdrOpt: opts,
  lwtPushEncap: lwt,
  lwtSeg6StoreBytes: lwt,
  lwtSeg6AdjustSrh: lwt,
  lwtSeg6Action: lwt,
  rcRepeat: infra,
  rcKeydown: infra,
  rcPointerRel: infra,
  skbGetTunnelKey: tunnel,
  skbSetTunnelKey: tunnel,
  skbGetTunnelOpt: tunnel,
  skbSetTunnelOpt: tunnel,
  skbGetXfrmState: tunnel,
  fibLookup: route,
  checkMtu: route,
  perCpuPtr: percpu,
  thisCpuPtr: percpu,
  dynptrFromMem: dynptr,
  dynptrWrite: dynptr,
  dynptrData: dynptr,
  ringbufReserveDynptr: dynptr,
  ringbufSubmitDynptr: dynptr,
  ringbufDiscardDynptr: dynptr,
  timerInit: timer,
  timerSetCallback: timer,
  timerStart: timer,
  timerCancel: timer,
  sysBpf: syscall,
  sysClose: syscall,
  btfFindByNameKind: syscall,
  kallsymsLookupName: syscall,
} as const satisfies Readonly<Record<string, Unsimulated>>;
