// The only file that touches native code: system calls through koffi, which is loaded by the first `openSys()` and
// never by an import. Every call returns the kernel's result, or the negative error number, read before anything else
// can overwrite it. Buffers handed to the kernel by address are `Memory`: off the JavaScript heap, so they never move.
import { type DiagnosticDetails, DiagnosticError, type DiagnosticRow, diagnostic } from "@typebpf/abi";
import { kernelDiagnostics } from "./diagnostics.ts";

/** Bytes at a fixed address. Whoever gives the address to the kernel keeps the object until the call has returned. */
export interface Memory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  readonly address: bigint;
}

/** The system calls that the loader makes. Results are those of the C function, or a negative errno. */
export interface Sys {
  /** Bytes per page of memory. */
  readonly pageSize: number;
  /** Zeroed memory of `size` bytes (at least 1). */
  allocate(size: number): Memory;
  /** bpf(2) with the whole of `attr`. */
  bpf(command: number, attr: Memory): number;
  close(fd: number): number;
  /** Moves the calling thread into the namespace. */
  setns(fd: number, type: number): number;
  /** Gives the calling thread a new namespace. */
  unshare(flags: number): number;
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array): number;
  connect(fd: number, address: Uint8Array): number;
  setsockopt(fd: number, level: number, option: number, value: Uint8Array): number;
  /** Fills `value`; gives the length that the kernel reports. */
  getsockopt(fd: number, level: number, option: number, value: Uint8Array): number;
  /** Fills `address` (for bound port numbers). */
  getsockname(fd: number, address: Uint8Array): number;
  /** Number of bytes sent. */
  send(fd: number, data: Uint8Array, flags: number): number;
  /** Number of bytes received; with MSG_TRUNC the real length of the datagram. */
  recv(fd: number, data: Uint8Array, flags: number): number;
  /** Maps a part of a file into memory, shared; negative errno when the kernel refuses. */
  mmap(fd: number, offset: number, length: number, protection: number): Mapping | number;
  epollCreate(flags: number): number;
  /** `event` is a `struct epoll_event`. */
  epollCtl(epoll: number, operation: number, fd: number, event: Uint8Array): number;
  /** Waits on a thread of its own, so that the event loop goes on. Gives the number of events in `events`. */
  epollWait(epoll: number, events: Memory, count: number, timeoutMs: number): Promise<number>;
  eventfd(initial: number, flags: number): number;
  /** `attr` is a `struct perf_event_attr`. Gives a descriptor. */
  perfEventOpen(attr: Uint8Array, pid: number, cpu: number, group: number, flags: number): number;
  /** A request with a number as its argument. */
  ioctl(fd: number, request: number, argument: number): number;
  /** A descriptor of the process. */
  pidfdOpen(pid: number, flags: number): number;
  /** The configuration of a file system that is not mounted yet. */
  fsopen(type: string, flags: number): number;
  fsconfig(fd: number, command: number): number;
  /** A mount without a place, by its descriptor. */
  fsmount(fd: number, flags: number): number;
  write(fd: number, data: Uint8Array): number;
  /** Fills `cpus`, one bit each, with those that the calling thread may run on. */
  schedGetaffinity(cpus: Uint8Array): number;
  /** Has the calling thread run on these CPUs only. */
  schedSetaffinity(cpus: Uint8Array): number;
}

/** Memory that is shared with the kernel. Nothing of it may be touched after `unmap`. */
export interface Mapping {
  readonly buffer: ArrayBuffer;
  unmap(): void;
}

interface Native {
  (...args: readonly unknown[]): number | bigint;
  readonly async: (...args: readonly unknown[]) => void;
}

const prototypes = {
  syscall: "long syscall(long, long, void*, unsigned long)",
  perf_event_open: "long syscall(long, void*, int, int, int, unsigned long)",
  pidfd_open: "long syscall(long, int, unsigned int)",
  fsopen: "long syscall(long, const char*, unsigned int)",
  fsconfig: "long syscall(long, int, unsigned int, void*, void*, int)",
  fsmount: "long syscall(long, int, unsigned int, unsigned int)",
  getpagesize: "int getpagesize()",
  close: "int close(int)",
  setns: "int setns(int, int)",
  unshare: "int unshare(int)",
  socket: "int socket(int, int, int)",
  bind: "int bind(int, void*, unsigned int)",
  connect: "int connect(int, void*, unsigned int)",
  setsockopt: "int setsockopt(int, int, int, void*, unsigned int)",
  getsockopt: "int getsockopt(int, int, int, void*, void*)",
  getsockname: "int getsockname(int, void*, void*)",
  send: "long send(int, void*, size_t, int)",
  recv: "long recv(int, void*, size_t, int)",
  mmap: "void* mmap(void*, size_t, int, int, int, int64_t)",
  munmap: "int munmap(void*, size_t)",
  epoll_create1: "int epoll_create1(int)",
  epoll_ctl: "int epoll_ctl(int, int, int, void*)",
  epoll_wait: "int epoll_wait(int, void*, int, int)",
  eventfd: "int eventfd(unsigned int, int)",
  ioctl: "int ioctl(int, unsigned long, long)",
  write: "long write(int, void*, size_t)",
  sched_getaffinity: "int sched_getaffinity(int, size_t, void*)",
  sched_setaffinity: "int sched_setaffinity(int, size_t, void*)",
} as const;

const MAP_SHARED = 1;
/** What mmap(2) gives when it fails. */
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

type FunctionName = keyof typeof prototypes;

interface CallNumbers {
  readonly bpf: number;
  readonly perfEventOpen: number;
  readonly pidfdOpen: number;
}

/** Numbers of newer system calls are the same on all architectures. */
const mountCalls = { fsopen: 430, fsconfig: 431, fsmount: 432 };

/** Numbers of system calls by Node's name of the architecture (arch/x86 and the generic system call table). */
const callNumbers: ReadonlyMap<string, CallNumbers> = new Map([
  ["x64", { bpf: 321, perfEventOpen: 298, pidfdOpen: 434 }],
  ["arm64", { bpf: 280, perfEventOpen: 241, pidfdOpen: 434 }],
]);

function refuse(row: DiagnosticRow, details: DiagnosticDetails): never {
  throw new DiagnosticError([diagnostic(row, details)]);
}

/** The numbers of system calls on this machine. @throws DiagnosticError where they are not known. */
function numbersOf(platform: string, architecture: string): CallNumbers {
  if (platform !== "linux") {
    refuse(kernelDiagnostics.notLinux, { message: `the kernel back end needs Linux; this is ${platform}` });
  }
  const numbers = callNumbers.get(architecture);
  const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  if (numbers === undefined || !littleEndian) {
    const message = `the kernel back end does not know this processor: ${architecture}${littleEndian ? "" : " (big-endian)"}`;
    refuse(kernelDiagnostics.architecture, { message });
  }
  return numbers;
}

async function loadKoffi(): Promise<typeof import("koffi")["default"]> {
  try {
    return (await import("koffi")).default;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    refuse(kernelDiagnostics.nativeMissing, { notes: [reason] });
  }
}

type Koffi = Awaited<ReturnType<typeof loadKoffi>>;
type Functions = Readonly<Record<FunctionName, Native>>;
/** A call of the C function: its result or a negative errno. */
type Call = (name: FunctionName, ...args: readonly unknown[]) => number;

function socketCalls(call: Call) {
  return {
    socket: (family, type, protocol) => call("socket", family, type, protocol),
    bind: (fd, address) => call("bind", fd, address, address.length),
    connect: (fd, address) => call("connect", fd, address, address.length),
    setsockopt: (fd, level, option, value) => call("setsockopt", fd, level, option, value, value.length),
    getsockopt: (fd, level, option, value) => {
      const length = Uint32Array.of(value.length);
      const status = call("getsockopt", fd, level, option, value, new Uint8Array(length.buffer));
      return status < 0 ? status : (length[0] ?? 0);
    },
    getsockname: (fd, address) => {
      const length = new Uint8Array(Uint32Array.of(address.length).buffer);
      return call("getsockname", fd, address, length);
    },
    send: (fd, data, flags) => call("send", fd, data, data.length, flags),
    recv: (fd, data, flags) => call("recv", fd, data, data.length, flags),
  } satisfies Partial<Sys>;
}

/** Shared memory, and waiting for descriptors. */
function waitCalls(koffi: Koffi, functions: Functions, call: Call) {
  return {
    mmap: (fd, offset, length, protection) => {
      const address = functions.mmap(null, length, protection, MAP_SHARED, fd, offset);
      if (BigInt(address) === MAP_FAILED) return -koffi.errno();
      return { buffer: koffi.view(address, length), unmap: () => void call("munmap", address, length) };
    },
    epollCreate: (flags) => call("epoll_create1", flags),
    epollCtl: (epoll, operation, fd, event) => call("epoll_ctl", epoll, operation, fd, event),
    epollWait: (epoll, events, count, timeoutMs) =>
      new Promise((resolve, reject) => {
        const done = (error: unknown, result: unknown): void => {
          // The memory is read after the call, so that it is alive throughout.
          if (error || events.bytes.length === 0) reject(error);
          else resolve(Number(result) < 0 ? -koffi.errno() : Number(result));
        };
        functions.epoll_wait.async(epoll, events.bytes, count, timeoutMs, done);
      }),
    eventfd: (initial, flags) => call("eventfd", initial, flags),
    write: (fd, data) => call("write", fd, data, data.length),
  } satisfies Partial<Sys>;
}

/**
 * Opens the way to the kernel.
 * @throws DiagnosticError when this is not Linux on a known processor, or koffi is not installed.
 */
export async function openSys(platform: string = process.platform, architecture: string = process.arch): Promise<Sys> {
  const numbers = numbersOf(platform, architecture);
  const koffi = await loadKoffi();
  const library = koffi.load(null);
  const functions = Object.fromEntries(
    Object.entries(prototypes).map(([name, prototype]) => [name, library.func(prototype) as Native]),
  ) as Functions;
  const call: Call = (name, ...args) => {
    const result = Number(functions[name](...args));
    return result < 0 ? -koffi.errno() : result;
  };
  return {
    pageSize: call("getpagesize"),
    allocate: (size) => {
      const buffer = new ArrayBuffer(Math.max(size, 1));
      return { bytes: new Uint8Array(buffer), view: new DataView(buffer), address: koffi.address(buffer) };
    },
    bpf: (command, attr) => call("syscall", numbers.bpf, command, attr.bytes, attr.bytes.length),
    close: (fd) => call("close", fd),
    setns: (fd, type) => call("setns", fd, type),
    unshare: (flags) => call("unshare", flags),
    perfEventOpen: (attr, pid, cpu, group, flags) =>
      call("perf_event_open", numbers.perfEventOpen, attr, pid, cpu, group, flags),
    pidfdOpen: (pid, flags) => call("pidfd_open", numbers.pidfdOpen, pid, flags),
    fsopen: (type, flags) => call("fsopen", mountCalls.fsopen, type, flags),
    fsconfig: (fd, command) => call("fsconfig", mountCalls.fsconfig, fd, command, null, null, 0),
    fsmount: (fd, flags) => call("fsmount", mountCalls.fsmount, fd, flags, 0),
    ioctl: (fd, request, argument) => call("ioctl", fd, request, argument),
    schedGetaffinity: (cpus) => call("sched_getaffinity", 0, cpus.length, cpus),
    schedSetaffinity: (cpus) => call("sched_setaffinity", 0, cpus.length, cpus),
    ...socketCalls(call),
    ...waitCalls(koffi, functions, call),
  };
}
