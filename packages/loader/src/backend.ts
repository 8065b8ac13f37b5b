// The contract between the typed handles and the two back ends (simulator, kernel). Everything here is bytes and
// numbers as the bpf(2) system call has them; `handles/` puts the types on top. Errors of an operation are error
// numbers (0, or a negative errno such as -2 for ENOENT), so that both back ends can be compared bit for bit.
import type { BpfObject, DataSection, Diagnostic, MapSpec, ProgramSpec } from "@typebpf/abi";

/** What goes into one test run of a program. */
export interface RunInput {
  /** Packet bytes; for XDP and tc from the Ethernet header on. */
  readonly packet: Uint8Array;
  /** Context fields by their DSL name (`ingressIfindex: 3`, `"cb[0]": 1`); what is not given has its default. */
  readonly context?: Readonly<Record<string, number | bigint>>;
  /** How often to run; default 1. The packet is as given before each run (kernel: see BPF_PROG_TEST_RUN). */
  readonly repeat?: number;
}

/** A line that a program traced, as the trace pipe would show it. */
export interface TraceEvent {
  /** The whole line, formatted. */
  readonly text: string;
  /** What it was made from: the format of printf with `%lld` and the like. */
  readonly format: string;
  /** The values of the line in order, unsigned 64 bits as the registers had them. */
  readonly values: readonly bigint[];
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
}

/** Where an XDP program is attached. */
export interface XdpAttachOptions {
  /** Name or index of a network interface. */
  readonly interface: string | number;
  /** "native" (in the driver), "generic" (after the driver), or whichever the kernel picks. */
  readonly mode?: "native" | "generic";
}

/** Another tc program of the same hook, by what `bpftool net` shows; "all" is whichever there are. */
export type TcNeighbour = "all" | { readonly link: number } | { readonly program: number };

/** Where a tc program is attached. */
export interface TcAttachOptions {
  /** Name or index of a network interface. */
  readonly interface: string | number;
  readonly direction: "ingress" | "egress";
  /**
   * "tcx" is a link that ends with the process (Linux 6.6); "clsact" is a filter that outlives a process that is killed.
   * Without a mode: what the other options ask for, else tcx where the kernel has it.
   */
  readonly mode?: "tcx" | "clsact";
  /** clsact: filters run from the lowest number, 1 to 65535; without it the kernel puts the filter before all others. */
  readonly priority?: number;
  /** clsact: the filter's number within its priority; without it a free one. */
  readonly handle?: number;
  /** tcx: runs before this one. Without `before` and `after` it runs last. */
  readonly before?: TcNeighbour;
  /** tcx: runs after this one. */
  readonly after?: TcNeighbour;
  /** tcx: attach only while the hook's list has this revision. */
  readonly expectedRevision?: number | bigint;
}

/** What a socket filter is attached to: a descriptor, or a socket of `node:dgram` or `node:net` that is open. */
export type SocketLike = number | object;

/** Where a socket filter is attached: to a socket, or to all that passes an interface, which it then counts. */
export type SocketAttachOptions = { readonly socket: SocketLike } | { readonly interface: string | number };

/** Where to attach, by program type; grows by attach kinds. */
export interface AttachOptionsByType {
  readonly xdp: XdpAttachOptions;
  readonly sched_cls: TcAttachOptions;
  readonly socket_filter: SocketAttachOptions;
}

/** Where to attach a program of any type. */
export type AttachOptions = AttachOptionsByType[keyof AttachOptionsByType];

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
  /** Packets that have passed since the last call; only for socket filters on an interface. */
  passed?(): number;
  /** Detaches; the second time does nothing. @throws DiagnosticError only when the program stays attached. */
  detach(): void;
}

export interface BackendProgram {
  readonly spec: ProgramSpec;
  /** @throws DiagnosticError on a simulated fault, or when the kernel refuses the run. */
  run(input: RunInput): RunOutput;
  /** @throws DiagnosticError; always in the simulator, where there is nothing to attach to. */
  attach(options: AttachOptions): BackendLink;
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
}

/** A place where objects run. */
export interface Backend {
  readonly kind: "simulator" | "kernel";
  /** @throws DiagnosticError when the object cannot be loaded: each of its diagnostics says what to do. */
  load(object: BpfObject): Promise<BackendObject>;
}
