// Tests that attach programs and look at the effect, and tests of maps from user space and of what they do: by row, as their
// titles are. What has no line has an empty cell.
import type { MapTypeName, ProgramKindName } from "../../packages/abi/src/index.ts";
import type { TestName } from "./claims.ts";

/** What shows that a kind is attached; where its effect is seen it is attached too. */
export interface Shown {
  readonly attached?: TestName;
  readonly effect?: TestName;
  /** Where the general test cannot load it here. */
  readonly loaded?: TestName;
}

/** What shows a map type beyond its source. */
export interface ShownMap {
  readonly created?: TestName;
  readonly handle?: TestName;
  readonly effect?: TestName;
}

const kernelTest =
  (name: string, group: string) =>
  (title: string): TestName => ({ file: `test/kernel/${name}.test.ts`, title: `${group} > ${title}` });

const xdp = kernelTest("attach", "XDP on an interface");
const redirects = kernelTest("redirects", "XDP redirects by maps");
const tc = kernelTest("tc", "tc on an interface");
const socket = kernelTest("socket", "a socket filter");
const cgroup = kernelTest("cgroup", "a control group");
const route = kernelTest("network", "a program of a route");
const namespace = kernelTest("network", "a program of a network namespace");
const hook = kernelTest("network", "a program of the packet filter");
const data = kernelTest("socket-data", "programs on the data of sockets");
const choice = kernelTest("socket-data", "a program that chooses among sockets");
const tracing = kernelTest("probes", "tracing");
const called = kernelTest(
  "struct-ops",
  "a table of functions",
)("is registered while its link is there, and the kernel calls it");
const typed = kernelTest("tracing-btf", "programs that name places of the kernel");
const guest = (title: string): TestName => ({
  file: "test/vm/hooks.test.ts",
  title: `hooks of the kernel > ${title}`,
  guest: true,
});

const address = (title: string): Shown => ({ effect: cgroup(`addresses > ${title}`) });
const bound = (title: string): Shown => ({ attached: cgroup(`addresses > ${title}`) });
const inGuest = (title: string): Shown => ({ effect: guest(title), loaded: guest(title) });

const probed = (title: string): TestName => ({
  file: "test/vm/probes.test.ts",
  title: `probes and actions > ${title}`,
  guest: true,
});

export const attachedKinds: { readonly [Kind in ProgramKindName]?: Shown } = {
  xdp: { effect: xdp("native: the blocked source's traffic stops, and comes back") },
  "xdp.devmap": { effect: redirects("native: packets leave by a device map, and its program changes them") },
  "xdp.cpumap": { effect: redirects("native: packets go on at a CPU, and its program sees them") },
  tc: { effect: tc("tcx ingress: traffic stops, and comes back") },
  socketFilter: { effect: socket("on a socket of node:dgram drops what it refuses, until it is detached") },
  "cgroupSkb.ingress": { effect: cgroup("packets > ingress: counted by protocol, and those to a port dropped") },
  "cgroupSkb.egress": { effect: cgroup("packets > egress: a port that is refused is not reached, another one is") },
  "cgroupSock.create": { effect: cgroup("sockets > created: kinds refused, marks set; released: seen") },
  "cgroupSock.release": { effect: cgroup("sockets > created: kinds refused, marks set; released: seen") },
  "cgroupSock.postBind4": { effect: cgroup("sockets > bound4: a port is refused after binding") },
  "cgroupSock.postBind6": { effect: cgroup("sockets > bound6: a port is refused after binding") },
  "cgroupSockAddr.bind4": address("bind4: another port"),
  "cgroupSockAddr.bind6": address("bind6: another port"),
  "cgroupSockAddr.connect4": address("connect4: to another server, or not at all"),
  "cgroupSockAddr.connect6": address("connect6: to another server"),
  "cgroupSockAddr.connectUnix": address("Unix sockets: streams are not connected, names are seen"),
  "cgroupSockAddr.getsocknameUnix": address("Unix sockets: streams are not connected, names are seen"),
  "cgroupSockAddr.sendmsgUnix": bound("Unix sockets: streams are not connected, names are seen"),
  "cgroupSockAddr.recvmsgUnix": bound("Unix sockets: streams are not connected, names are seen"),
  "cgroupSockAddr.getpeernameUnix": bound("Unix sockets: streams are not connected, names are seen"),
  "cgroupSockAddr.sendmsg4": address(
    "sendmsg4 and recvmsg4: a datagram goes elsewhere, and its answer seems to come from where it was sent",
  ),
  "cgroupSockAddr.recvmsg4": address(
    "sendmsg4 and recvmsg4: a datagram goes elsewhere, and its answer seems to come from where it was sent",
  ),
  "cgroupSockAddr.sendmsg6": address("sendmsg6: refused; recvmsg6: from another port"),
  "cgroupSockAddr.recvmsg6": address("sendmsg6: refused; recvmsg6: from another port"),
  "cgroupSockAddr.getpeername4": address("getpeername4: another port than that of the peer"),
  "cgroupSockAddr.getpeername6": address("getpeername6: another port than that of the peer"),
  "cgroupSockAddr.getsockname4": address("getsockname4: another port than one's own"),
  "cgroupSockAddr.getsockname6": address("getsockname6: another port than one's own"),
  cgroupDevice: { effect: cgroup("device: one file refused, one for writing") },
  cgroupSysctl: { effect: cgroup("sysctl: read by all, written below net/ only") },
  "cgroupSockopt.setsockopt": {
    effect: cgroup("setsockopt: refused, or another value; getsockopt: another value"),
  },
  "cgroupSockopt.getsockopt": {
    effect: cgroup("setsockopt: refused, or another value; getsockopt: another value"),
  },
  sockOps: { effect: cgroup("sockOps: an option of each connection, and its states") },
  "skSkb.streamParser": { effect: data("a parser cuts the stream, and each message has a verdict") },
  "skSkb.streamVerdict": { effect: data("a parser cuts the stream, and each message has a verdict") },
  "skSkb.verdict": { effect: data("a verdict sends what one connection brings by another one") },
  skMsg: { effect: data("what a socket sends is refused with EACCES") },
  skLookup: { effect: namespace("sk_lookup drops what is for a port") },
  skReuseport: { effect: choice("a datagram goes to the socket that it names") },
  flowDissector: { effect: namespace("a flow dissector sees what the stack hashes") },
  netfilter: { effect: hook("drops at a hook of the namespace") },
  lwtIn: { effect: route("lwt_in on the local route of an address, which comes back") },
  lwtOut: { effect: route("countOut: packets to the peer meet it, and the route goes with it") },
  lwtXmit: { effect: route("dropXmit: packets to the peer meet it, and the route goes with it") },
  tpBtf: { effect: typed("a tracepoint with typed arguments, seen by process.ppid") },
  iter: { effect: typed("an iterator over tasks is read again and again") },
  syscall: { effect: typed("a program on the caller's struct: 40 and 2") },
  tracepoint: { effect: tracing("an event: its fields and arguments") },
  rawTracepoint: { effect: tracing("a raw tracepoint") },
  kprobe: { effect: probed("kprobe and kretprobe see each call and its result, until they are detached") },
  kretprobe: { effect: probed("kprobe and kretprobe see each call and its result, until they are detached") },
  schedAct: { effect: probed("an action drops what its filter hands to it, until it is detached") },
  uprobe: { effect: tracing("a function of a library is called and returns") },
  uretprobe: { effect: tracing("a function of a library is called and returns") },
  "uprobe.multi": { effect: tracing("many functions of a library") },
  perfEvent: { effect: tracing("samples of a clock") },
  structOps: { effect: called, loaded: called },
  fentry: inGuest("fentry and fexit see each call, with arguments and result"),
  fexit: inGuest("fentry and fexit see each call, with arguments and result"),
  fmodRet: inGuest("fmod_ret gives another result than the function"),
  lsm: inGuest("a security hook refuses, until it is detached"),
};

const created = (type: MapTypeName): TestName =>
  kernelTest("map-types", "map types in the kernel")(`${type} is created`);
const tables = kernelTest("map-tables", "hash tables and arrays in the kernel");
const perCpu = kernelTest("map-tables", "per-CPU tables in the kernel");
const trie = kernelTest("map-tables", "a trie of prefixes in the kernel");
const maps = kernelTest("maps", "maps in the kernel");
const types = kernelTest("map-types", "map types in the kernel");
const programs = kernelTest("map-objects", "an array of programs in the kernel");
const nested = kernelTest("map-objects", "maps of maps in the kernel");
const devices = kernelTest("map-objects", "maps of devices and CPUs in the kernel");
const sockets = kernelTest("map-objects", "maps of sockets in the kernel");
const sequences = kernelTest("map-sequences", "queues and stacks in the kernel");
const filter = kernelTest("map-sequences", "a Bloom filter in the kernel");
const storages = kernelTest("map-storages", "storages in the kernel");
const streams = kernelTest("map-streams", "a perf event array in the kernel");
const live = kernelTest("map-live", "maps with a running kernel");
const ring = kernelTest("ringbuf", "a ring buffer");
const operations = (title: string): TestName => ({ file: "test/map-operations.test.ts", title: `-O2 > ${title}` });

export const shownMaps: { readonly [Type in MapTypeName]?: ShownMap } = {
  hash: { handle: tables("hash: entries, batches, iteration"), effect: maps("hash: elements come and go") },
  array: {
    handle: tables("array: entries, batches, iteration"),
    effect: maps("array: every element is there, none can go"),
  },
  lruHash: {
    handle: tables("a frozen lruHash can be read and not written"),
    effect: maps("lruHash: a new element drives an old one out"),
  },
  perCpuHash: {
    handle: perCpu("perCpuHash: a value for each CPU"),
    effect: maps("perCpuHash: a copy per possible CPU under any key"),
  },
  perCpuArray: {
    handle: perCpu("perCpuArray: a value for each CPU"),
    effect: kernelTest("cpu", "the CPU of a run")("counts in its copy only"),
  },
  lruPerCpuHash: {
    handle: perCpu("lruPerCpuHash: a value for each CPU"),
    effect: maps("lruPerCpuHash: a new element drives an old one out"),
  },
  lpmTrie: {
    handle: trie("the longest prefix that matches; full"),
    effect: maps("lpmTrie: more entries than one batch has, and not without its flag"),
  },
  stackTrace: {
    handle: live("stacks of a process, with the names of its functions"),
    effect: live("stacks of a process, with the names of its functions"),
  },
  ringBuffer: {
    handle: ring("gives records in order, once, without the discarded ones"),
    effect: ring("carries real traffic"),
  },
  userRingBuffer: {
    created: created("userRingBuffer"),
    handle: types("a user ring buffer takes records until it is full"),
    effect: live("a filter drains what user space has written, in one go"),
  },
  queue: {
    handle: sequences("a queue gives values back in its order"),
    effect: operations("a queue gives what came first, and says when it is full or empty: in the kernel"),
  },
  stack: {
    handle: sequences("a stack gives values back in its order"),
    effect: operations("a stack gives what came last: in the kernel"),
  },
  bloomFilter: {
    handle: filter("has all that was added, and little else"),
    effect: operations("a Bloom filter knows what was added: in the kernel"),
  },
  arena: {
    created: created("arena"),
    handle: types("an arena shares its memory"),
  },
  progArray: {
    handle: programs("goes where user space says"),
    effect: operations("tail calls go on elsewhere, or behind the call: in the kernel"),
  },
  perfEventArray: {
    handle: streams("gives samples of its schema, and what the filter sent behind them"),
    effect: types("a perf event array: samples of every size, in order, and how many were lost"),
  },
  cgroupArray: { handle: storages("of a cgroup, and an array of cgroups") },
  arrayOfMaps: {
    created: created("arrayOfMaps"),
    handle: nested("arrayOfMaps: maps are made by the template and found again"),
    effect: operations("a map in a map: in the kernel"),
  },
  hashOfMaps: {
    created: created("hashOfMaps"),
    handle: nested("hashOfMaps: maps are made by the template and found again"),
    effect: operations("a map in a map: in the kernel"),
  },
  devMap: {
    handle: devices("devMap"),
    effect: redirects("native: packets leave by a device map, and its program changes them"),
  },
  devMapHash: { handle: devices("devMapHash") },
  cpuMap: {
    handle: devices("CPUs"),
    effect: redirects("native: packets go on at a CPU, and its program sees them"),
  },
  sockMap: { handle: sockets("sockMap: a cookie comes back") },
  sockHash: {
    handle: sockets("sockHash: a cookie comes back"),
    effect: data("a verdict sends what one connection brings by another one"),
  },
  reusePortSockArray: { effect: choice("a datagram goes to the socket that it names") },
  skStorage: {
    created: created("skStorage"),
    handle: storages("of a socket"),
    effect: kernelTest("storages", "storages of sockets")("what the socket's creation has left is seen as it connects"),
  },
  taskStorage: { created: created("taskStorage"), handle: storages("of a process") },
  inodeStorage: { created: created("inodeStorage"), handle: storages("of a file") },
  cgroupStorage: { created: created("cgroupStorage"), handle: storages("of a cgroup, and an array of cgroups") },
};
