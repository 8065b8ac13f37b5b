// The kernel back end's catalogue: BPF6200-6209 the machine and its privileges, 6210-6219 maps and programs,
// 6220-6229 test runs, 6230-6239 attaching, 6240-6249 network namespaces and the test bed, 6250-6259 ring buffers,
// 6260-6269 objects that maps refer to, 6270-6279 types of the kernel, 6370-6379 tracing.
// Messages of one occurrence (names, numbers, the kernel's own words) are added where a row is raised.
import type { DiagnosticRow } from "@typebpf/abi";
import { btfDiagnostics } from "./btf-diagnostics.ts";
import { mapDiagnostics } from "./map-diagnostics.ts";
import { tracingDiagnostics } from "./tracing-diagnostics.ts";

/** Every diagnostic of the kernel back end, by name. */
export const kernelDiagnostics = {
  notLinux: {
    code: "BPF6200",
    severity: "error",
    title: "the kernel back end needs Linux",
    explain: "BPF programs run inside the Linux kernel. Other systems have no bpf(2) system call.",
    help: "run it on Linux, or use simulator() instead of kernel()",
  },
  architecture: {
    code: "BPF6201",
    severity: "error",
    title: "the kernel back end does not know this processor",
    explain:
      "Objects are laid out for 64-bit little-endian machines, and the number of the system call is known for x64 and arm64.",
    help: "run it on x64 or little-endian arm64, or use simulator()",
  },
  nativeMissing: {
    code: "BPF6202",
    severity: "error",
    title: "the native bridge to the operating system is missing",
    explain:
      "System calls are made through the package koffi, which comes as a dependency with a prebuilt binary for each platform.",
    help: "install again without --omit=optional, so that koffi's binary for this platform is there",
  },
  noBpf: {
    code: "BPF6203",
    severity: "error",
    title: "this kernel has no bpf(2) system call",
    explain: "The kernel was built without CONFIG_BPF_SYSCALL, or a sandbox (seccomp) hides the call.",
    help: "run outside of the sandbox, or on a kernel with CONFIG_BPF_SYSCALL=y; simulator() works everywhere",
  },
  privilege: {
    code: "BPF6204",
    severity: "error",
    title: "the kernel does not let this process use BPF",
    explain: "Loading programs needs CAP_BPF, and CAP_NET_ADMIN for network programs (CAP_SYS_ADMIN before Linux 5.8).",
    help: "run as root, or give the node executable CAP_BPF and CAP_NET_ADMIN; in a container, add both capabilities",
  },
  closed: {
    code: "BPF6205",
    severity: "error",
    title: "the object is closed",
    explain:
      "Maps, programs and links of an object live until it is disposed; after that the kernel has released them.",
    help: "use it before the end of the `using` scope, or keep the object open for longer",
  },
  noJit: {
    code: "BPF6206",
    severity: "error",
    title: "the kernel's BPF JIT does not take the program",
    explain:
      "The verifier accepted the program, but the JIT compiler is missing or gave up, and a kernel with CONFIG_BPF_JIT_ALWAYS_ON has no interpreter to fall back to (ENOTSUPP from BPF_PROG_LOAD, kernel/bpf/core.c).",
    help: "turn the JIT on (sysctl net.core.bpf_jit_enable=1), make the program smaller, or use simulator()",
  },
  mapCreate: {
    code: "BPF6210",
    severity: "error",
    title: "the kernel refuses a map",
    explain: "BPF_MAP_CREATE checks key and value sizes, the number of entries and the flags against the map's type.",
    help: "check maxEntries, key, value and flags of the map's declaration",
  },
  mapMemory: {
    code: "BPF6211",
    severity: "error",
    title: "the kernel has no memory for a map",
    explain: "Maps that are allocated in advance need maxEntries times the size of an entry, at once.",
    help: "lower maxEntries; before Linux 5.11 also raise the limit on locked memory (ulimit -l)",
  },
  mapRead: {
    code: "BPF6212",
    severity: "error",
    title: "the kernel refuses to iterate over a map",
    explain: "Walking over the entries failed with something else than the end of the map.",
    help: "see the note for what the kernel reported",
  },
  relocation: {
    code: "BPF6213",
    severity: "error",
    title: "a relocation of the object cannot be applied",
    explain: "A relocation must name a map of the object and stand on a wide load (lddw).",
    help: "the object is damaged or was made by something else: compile it again",
  },
  rejected: {
    code: "BPF6214",
    severity: "error",
    title: "the kernel's verifier rejects the program",
    explain:
      "The verifier follows every path of the program and refuses what it cannot prove safe. Its own reason is the message.",
    help: "make the condition that the verifier misses visible just before the access",
  },
  refused: {
    code: "BPF6215",
    severity: "error",
    title: "the kernel refuses the program before verifying it",
    explain:
      "BPF_PROG_LOAD failed without a word from the verifier: the type, the licence, a flag or the size is not accepted.",
    help: "check that this kernel knows the program's type, and that the program has at least one instruction",
  },
  tooLarge: {
    code: "BPF6216",
    severity: "error",
    title: "the program is too large for the kernel",
    explain:
      "Without privilege a program has at most 4096 instructions, with privilege the verifier follows at most one million.",
    help: "make loops shorter, or split the program",
  },
  damaged: {
    code: "BPF6217",
    severity: "error",
    title: "the object has an instruction that does not exist",
    explain: "Instructions are checked against the table of the instruction set before the kernel sees them.",
    help: "the object is damaged or was made by something else: compile it again",
  },
  packetTooShort: {
    code: "BPF6220",
    severity: "error",
    title: "the packet is too short for a run in the kernel",
    explain: "BPF_PROG_TEST_RUN takes packets from the Ethernet header on, so at least 14 bytes.",
    help: "give a packet of at least 14 bytes; the simulator takes shorter ones",
  },
  packetTooLong: {
    code: "BPF6221",
    severity: "error",
    title: "the packet is too long for a run in the kernel",
    explain: "A program without fragments sees a packet in one page, which it shares with headroom and bookkeeping.",
    help: "give a shorter packet",
  },
  contextField: {
    code: "BPF6222",
    severity: "error",
    title: "the kernel cannot run with this context",
    explain: "BPF_PROG_TEST_RUN takes some context fields only, and only values that exist on the machine.",
    help: "leave the field out, or use the simulator, which takes any value",
  },
  runUnsupported: {
    code: "BPF6223",
    severity: "error",
    title: "the kernel cannot test-run this type of program",
    explain: "BPF_PROG_TEST_RUN is made for some program types only.",
    help: "attach the program and give it real events, or use the simulator",
  },
  runRefused: {
    code: "BPF6224",
    severity: "error",
    title: "the kernel refuses to run the program",
    explain: "BPF_PROG_TEST_RUN failed. The note has the error of the kernel.",
    help: "check the packet, the context and the number of repetitions",
  },
  unknownInterface: {
    code: "BPF6230",
    severity: "error",
    title: "there is no such network interface",
    explain: "Interfaces belong to a network namespace; only those of the caller's namespace can be seen.",
    help: "give the name or index of one of the interfaces in the note",
  },
  busy: {
    code: "BPF6231",
    severity: "error",
    title: "another program is attached there",
    explain:
      "Some attachment points take one program only (XDP on an interface, the filter of a socket, a tc priority and handle), and what is there is never replaced silently.",
    help: "detach the other program first",
  },
  nativeUnsupported: {
    code: "BPF6232",
    severity: "error",
    title: "the driver cannot run XDP itself",
    explain:
      "Native XDP needs support in the network driver, and a configuration of the interface that the driver can combine with it.",
    help: 'attach with { mode: "generic" }, which works on every interface',
  },
  attachRefused: {
    code: "BPF6233",
    severity: "error",
    title: "the kernel refuses to attach the program",
    explain: "The system call that attaches failed. The note has the error of the kernel.",
    help: "check the options; XDP links need Linux 5.9, tcx links Linux 6.6",
  },
  attachOptions: {
    code: "BPF6234",
    severity: "error",
    title: "the program cannot be attached with these options",
    explain: "Each type of program has its own options for attaching; one that is not known is never ignored.",
    help: "correct the option that the message names",
  },
  staleFilter: {
    code: "BPF6235",
    severity: "warning",
    title: "a filter that an earlier run left behind was replaced",
    explain:
      "A clsact filter belongs to the interface, not to the process: when the process is killed, its filter goes on filtering. Such a filter has the name typebpf:PROGRAM, and the next attach of the program takes its place.",
    help: "nothing needs to be done; tcx links (Linux 6.6) end with their process",
  },
  neighbour: {
    code: "BPF6236",
    severity: "error",
    title: "the program to attach before or after is not there",
    explain: "`before` and `after` name a tcx link or program of the same interface and direction.",
    help: "see what is attached: bpftool net",
  },
  changedHook: {
    code: "BPF6237",
    severity: "error",
    title: "somebody else has attached or detached a program in between",
    explain: "Every change of a tcx hook raises its revision; `expectedRevision` asks for exactly one.",
    help: "look at the hook again and attach with its present revision",
  },
  notSocket: {
    code: "BPF6238",
    severity: "error",
    title: "a socket filter needs an open socket",
    explain:
      "A socket is given by its descriptor, or as a socket of node:dgram or node:net. Those have a descriptor once they are bound or connected.",
    help: "attach after the socket's `listening` or `connect` event",
  },
  notCgroup: {
    code: "BPF6239",
    severity: "error",
    title: "there is no such control group",
    explain:
      "Programs are attached to control groups of version 2, which are directories of a file system of type cgroup2. Those of version 1 take no programs.",
    help: "give the path of a directory of the cgroup2 file system",
  },
  netlink: {
    code: "BPF6240",
    severity: "error",
    title: "the kernel refuses a network configuration request",
    explain:
      "Interfaces, addresses and routes are made through a netlink socket; the kernel's own explanation is in the message.",
    help: "creating interfaces needs CAP_NET_ADMIN in the network namespace",
  },
  namespace: {
    code: "BPF6241",
    severity: "error",
    title: "the kernel refuses a network namespace",
    explain: "The test bed makes two network namespaces, which needs CAP_SYS_ADMIN and CONFIG_NET_NS.",
    help: "run as root; in a container, with CAP_SYS_ADMIN",
  },
  socket: {
    code: "BPF6242",
    severity: "error",
    title: "a socket of the test bed cannot be opened",
    explain: "Traffic of the test bed comes from sockets that are opened inside its namespaces.",
    help: "use an address of the test bed and a port that is free there",
  },
  address: {
    code: "BPF6243",
    severity: "error",
    title: "the address is not on the test bed",
    explain: "Traffic can only come from an address that one of the two sides has.",
    help: "use one of the addresses in the note",
  },
  ringSize: {
    code: "BPF6250",
    severity: "error",
    title: "the kernel does not make a ring buffer of this size",
    explain: "A ring buffer's size is a power of two and a multiple of the page size.",
    help: "make maxEntries (bytes) a power of two of at least one page",
  },
  ringOpen: {
    code: "BPF6251",
    severity: "error",
    title: "the ring buffer cannot be read",
    explain:
      "A reader maps the ring buffer into memory and waits for it with epoll; the kernel refuses one of the two.",
    help: "see the note for what the kernel reported; each reader needs a few file descriptors",
  },
  perfOpen: {
    code: "BPF6252",
    severity: "error",
    title: "the perf event array cannot be read",
    explain:
      "A reader opens a software event for each CPU (perf_event_open), maps its ring into memory and puts it into the map; the kernel refuses one of them.",
    help: "see the note for what the kernel reported; perf events need CAP_PERFMON, and each CPU a file descriptor",
  },
  ...mapDiagnostics,
  ...btfDiagnostics,
  ...tracingDiagnostics,
} as const satisfies Readonly<Record<string, DiagnosticRow>>;
