// The contract between the typed handles and the two back ends (simulator, kernel). Everything here is bytes and
// numbers as the bpf(2) system call has them; `handles/` puts the types on top. Errors of an operation are error
// numbers (0, or a negative errno such as -2 for ENOENT), so that both back ends can be compared bit for bit.
import type { BpfObject, DataSection, Diagnostic, MapSpec, ProgramSpec } from "@typebpf/abi";
import type { AttachOptions, SocketLike } from "./attach-options.ts";
import type { MapRedirect, TraceEvent } from "./run-events.ts";

export type {
  AttachOptions,
  AttachOptionsByKind,
  AttachOptionsByType,
  SocketAttachOptions,
  SocketLike,
  TcAttachOptions,
  TcNeighbour,
  XdpAttachOptions,
} from "./attach-options.ts";

/** What goes into one test run of a program. */
export interface RunInput {
  /** Packet bytes; for XDP and tc from the Ethernet header on. Empty for programs without a packet. */
  readonly packet: Uint8Array;
  /** The context as it lies in memory, where it is what its author or the program's compiler says. */
  readonly contextBytes?: Uint8Array;
  /** Context fields by their DSL name (`ingressIfindex: 3`, `"cb[0]": 1`); what is not given has its default. */
  readonly context?: Readonly<Record<string, number | bigint>>;
  /** How often to run; default 1. The packet is as given before each run (kernel: see BPF_PROG_TEST_RUN). */
  readonly repeat?: number;
}

/** What came out of the last of the runs. */
export interface RunOutput {
  /** r0, as an unsigned 32-bit number. */
  readonly retval: number;
  /** The packet after the run; a socket filter leaves it as it was. */
  readonly packet: Uint8Array;
  /** Fields of the context after the run, by DSL name, where programs of the type may change some (see skb-input.ts). */
  readonly context?: Readonly<Record<string, number | bigint>>;
  /** Mean of one run in nanoseconds: measured by the kernel, or by the simulator's host. */
  readonly durationNs: number;
  /** Instructions executed in the last run; only the simulator knows. */
  readonly instructions?: number;
  /** Where the last run sent its packet by a map, where it did; only the simulator knows. */
  readonly redirect?: MapRedirect;
  /** What the last run traced; only of the simulator: the kernel has one pipe for the whole machine. */
  readonly trace?: readonly TraceEvent[];
}

/** The reader of a ring buffer: there is one at a time. Dispose is `close`. */
export interface BackendRingBuffer extends Disposable {
  /** Whether the reader, or its object, has been closed. */
  readonly closed: boolean;
  /**
   * The records that are there, oldest first, at most `limit`; copies. Their room is given back to the filter.
   * @throws DiagnosticError when closed
   */
  consume(limit?: number): Uint8Array[];
  /** True as soon as there is a record to consume, false after `timeoutMs` or when the reader is closed. */
  wait(timeoutMs: number): Promise<boolean>;
  /** Ends waits; nothing can be consumed any more. */
  close(): void;
}

/** A sample of a perf event array, or that some were lost for want of room in a CPU's ring. */
export type PerfRecord =
  | { readonly kind: "sample"; readonly cpu: number; readonly bytes: Uint8Array }
  | { readonly kind: "lost"; readonly cpu: number; readonly count: number };

/** How a perf event array is read. */
export interface PerfReaderOptions {
  /** Pages of each CPU's ring, a power of two; default 16. */
  readonly pages?: number;
}

/** The reader of a perf event array, a ring for each CPU: there is one at a time. Dispose is `close`. */
export interface BackendPerfReader extends Disposable {
  /** Whether the reader, or its object, has been closed. */
  readonly closed: boolean;
  /**
   * What is there, at most `limit` records, CPU by CPU and each CPU's in its order; copies. The kernel pads samples, so
   * that their bytes may end with up to 7 more than the filter wrote.
   * @throws DiagnosticError when closed
   */
  consume(limit?: number): PerfRecord[];
  /** True as soon as there is something to consume, false after `timeoutMs` or when the reader is closed. */
  wait(timeoutMs: number): Promise<boolean>;
  /** Ends waits; nothing can be consumed any more. */
  close(): void;
}

/** The writer of a user ring buffer: there is one at a time. Dispose is `close`. */
export interface BackendUserRing extends Disposable {
  /** Whether the writer, or its object, has been closed. */
  readonly closed: boolean;
  /** Bytes that a filter has not yet taken, their headers included. */
  readonly used: number;
  /** Hands a record to the filter: 0, ENOSPC where there is no room now, E2BIG where there never is. @throws DiagnosticError when closed */
  write(record: Uint8Array): number;
  /** Nothing can be written any more. */
  close(): void;
}

/** A kernel object that the value or key of a map stands for, as user space names it. */
export type ObjectReference =
  | { readonly kind: "program"; readonly program: BackendProgram }
  | { readonly kind: "map"; readonly map: BackendMap }
  | { readonly kind: "socket"; readonly socket: SocketLike }
  | { readonly kind: "interface"; readonly interface: string | number }
  | { readonly kind: "cgroup" | "file"; readonly at: string | number }
  | { readonly kind: "process"; readonly pid: number };

/** The number that stands for an object in a value or key of a map; dispose closes what was opened for it. */
export interface ResolvedReference extends Disposable {
  readonly number: number;
}

/** Memory that programs and user space share. An aligned integer is read and written as a whole. */
export interface BackendMemory {
  /** In bytes. */
  readonly size: number;
  /** A copy of some bytes, all within the memory, or EBADF once the object is disposed. */
  read(offset: number, size: number): Uint8Array | number;
  /** Replaces some bytes, all within the memory: 0, or EBADF once the object is disposed. */
  write(offset: number, bytes: Uint8Array): number;
}

/** The maps inside a map of maps. */
export interface BackendInnerMaps {
  /** A new map as the template has it, for as long as the object lives. @throws DiagnosticError */
  create(name?: string): BackendMap;
  /** The map that a value stands for, for as long as the object lives; undefined where it is gone. */
  open(value: Uint8Array): BackendMap | undefined;
}

/**
 * A file of the BPF file system that keeps a map, program or link alive. It stays, also after the process, until it is
 * removed: by `unpin`, or at the end of `using`.
 */
export interface Pin extends Disposable {
  /** Absolute. */
  readonly path: string;
  /** Removes the pin; the second time does nothing, nor where another file has its place. @throws DiagnosticError BPF6285 */
  unpin(): void;
}

/** A map of a loaded object. Per-CPU values are all copies one after another, each rounded up to 8 bytes. */
export interface BackendMap {
  readonly spec: MapSpec;
  /** Copies per value: the number of possible CPUs for per-CPU maps, else 1. */
  readonly copies: number;
  /** Size in bytes of what `lookup` gives and `update` takes. */
  readonly bufferSize: number;
  /** The value's bytes (a copy), or a negative errno. */
  lookup(key: Uint8Array): Uint8Array | number;
  /** 0 or a negative errno. `flags`: BPF_ANY 0, BPF_NOEXIST 1, BPF_EXIST 2. */
  update(key: Uint8Array, value: Uint8Array, flags: number): number;
  /** 0 or a negative errno. */
  delete(key: Uint8Array): number;
  /** The key after `key` (the first one for undefined), or undefined after the last. */
  nextKey(key: Uint8Array | undefined): Uint8Array | undefined;
  /** All entries, by batch operations where the back end has them. */
  entries(): Iterable<readonly [key: Uint8Array, value: Uint8Array]>;
  /** Several updates at once; 0 or a negative errno, with the number of entries that were written. */
  updateBatch(
    entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[],
    flags: number,
  ): { readonly status: number; readonly written: number };
  /** Only of maps whose type has `records`: opens the reader. @throws DiagnosticError BPF6171 when there is one already. */
  ringBuffer?(): BackendRingBuffer;
  /** The value's bytes, which the map then does not have any more, or a negative errno. */
  lookupAndDelete?(key: Uint8Array): Uint8Array | number;
  /** Only of Bloom filters: 0 where the value may have been added, ENOENT where it has not. */
  contains?(value: Uint8Array): number;
  /** From now on user space cannot write: 0 or a negative errno. */
  freeze?(): number;
  /** Only of perf event arrays: opens the reader. @throws DiagnosticError BPF6171 when there is one already. */
  perfReader?(options?: PerfReaderOptions): BackendPerfReader;
  /** Only of user ring buffers: opens the writer. @throws DiagnosticError BPF6171 when there is one already. */
  userRing?(): BackendUserRing;
  /**
   * The number by which values and keys of this map name an object: a descriptor, or the index of an interface. The
   * simulator has numbers of its own for programs and maps of the same object, and takes all others as they are.
   * @throws DiagnosticError where there is no such object
   */
  resolve?(reference: ObjectReference): ResolvedReference;
  /** Only of maps of maps. */
  readonly inner?: BackendInnerMaps;
  /** Only of maps that user space can share (BPF_F_MMAPABLE): their memory, without a system call for each access. @throws DiagnosticError */
  shared?(): BackendMemory;
  /** Only in the kernel: keeps the map alive under a path of a BPF file system. @throws DiagnosticError that says what to do */
  pin?(path: string): Pin;
}

/** An attachment; detached on dispose and, but for clsact filters, by the kernel itself when the process ends. */
export interface BackendLink extends Disposable {
  /** Number of the BPF link; 0 where the kernel has none for this kind of attachment. */
  readonly id: number;
  /** What it holds, for people: "xdp on eth0 (native)". */
  readonly description: string;
  /** What the user should know about this attachment: a stale filter that was replaced. */
  readonly warnings?: readonly Diagnostic[];
  /** False once the interface has gone, or somebody else has detached the program; absent where that cannot be known. */
  attached?(): boolean;
  /** Runs the program over all objects and gives what it writes; only of iterators. @throws DiagnosticError */
  read?(): string;
  /** Packets that have passed since the last call; only for socket filters on an interface. */
  passed?(): number;
  /**
   * Detaches; the second time does nothing. A link that is pinned stays attached until its pins are removed as well.
   * @throws DiagnosticError only when the program stays attached otherwise.
   */
  detach(): void;
  /**
   * Keeps the program attached after `detach` and after the process, under a path of a BPF file system. Absent for
   * attachments that are no BPF links. @throws DiagnosticError that says what to do
   */
  pin?(path: string): Pin;
}

export interface BackendProgram {
  readonly spec: ProgramSpec;
  /** @throws DiagnosticError on a simulated fault, or when the kernel refuses the run. */
  run(input: RunInput): RunOutput;
  /** @throws DiagnosticError; always in the simulator, where there is nothing to attach to. */
  attach(options: AttachOptions): BackendLink;
  /** Only in the kernel: keeps the program alive under a path of a BPF file system. @throws DiagnosticError that says what to do */
  pin?(path: string): Pin;
}

/** Global data of a loaded object. */
export interface BackendSection {
  readonly spec: DataSection;
  /** A copy of some of its bytes, all within the section, or a negative errno. */
  read(offset: number, size: number): Uint8Array | number;
  /** Replaces some of its bytes, all within the section. 0 or a negative errno: a read-only section gives EPERM. */
  write(offset: number, bytes: Uint8Array): number;
}

/** A loaded object: its maps, sections and programs by name. Dispose releases file descriptors and links. */
export interface BackendObject extends Disposable {
  readonly maps: ReadonlyMap<string, BackendMap>;
  readonly sections: ReadonlyMap<string, BackendSection>;
  readonly programs: ReadonlyMap<string, BackendProgram>;
  /** Pins that loading has made. They stay when the object is disposed. */
  readonly pins?: readonly Pin[];
}

/** A place where objects run. */
export interface Backend {
  readonly kind: "simulator" | "kernel";
  /** @throws DiagnosticError when the object cannot be loaded: each of its diagnostics says what to do. */
  load(object: BpfObject): Promise<BackendObject>;
}
