// What stands around a simulated program: the task that runs, memory at addresses, options of the socket, the value that a
// sysctl has. A test sets it; defaults are those of a machine with one process. Integers are those of the helpers.
import { loaderError } from "../diagnostics.ts";

/** The task that runs a program. */
export interface SimulatedTask {
  /** Number of the process. Default 1000. */
  readonly tgid?: number;
  /** Number of the thread. Default: that of the process. */
  readonly pid?: number;
  /** Default 0. */
  readonly uid?: number;
  /** Default 0. */
  readonly gid?: number;
  /** Name of the thread: at most 15 bytes. Default "simulated". */
  readonly comm?: string;
  /** Number of its control group. Default 1. */
  readonly cgroupId?: bigint;
  /** Numbers of that group's ancestors, the root first. Default: the root, 1. */
  readonly cgroupAncestors?: readonly bigint[];
  /** Address of its `task_struct`. */
  readonly address?: bigint;
  /** Its pid namespace, by the device and inode of the file. Default: 4 and 0xeffffffc. */
  readonly pidNamespace?: { readonly dev: bigint; readonly ino: bigint };
}

/** A value under /proc/sys that is being read or written. */
export interface SimulatedSysctl {
  /** As "net/ipv4/tcp_mem". */
  readonly name: string;
  readonly value: string;
  /** Absent: a read. */
  readonly newValue?: string;
}

/** What a test says of the world around programs. */
export interface SurroundingsOptions {
  readonly task?: SimulatedTask;
  /** What reads by address find, by the address of the first byte. Below 2^47 it is a process's, above the kernel's. */
  readonly memory?: ReadonlyMap<bigint, Uint8Array>;
  readonly sysctl?: SimulatedSysctl;
  /** The number that `getAttachCookie` gives. Default 0. */
  readonly attachCookie?: bigint;
  /** The address that `getFuncIp` gives. Default 0. */
  readonly functionAddress?: bigint;
  /** Called with each signal that a program sends. */
  readonly onSignal?: (signal: number, to: "process" | "thread") => void;
}

/** Most bytes of a thread's name, without its NUL (TASK_COMM_LEN). */
const commBytes = 15;

/** First address that is no process's (TASK_SIZE_MAX, rounded up). */
const firstKernelAddress = 1n << 47n;

/** The world around the programs of a simulated machine. */
export class Surroundings {
  readonly task: Required<SimulatedTask>;
  readonly sysctl: SimulatedSysctl | undefined;
  readonly attachCookie: bigint;
  readonly functionAddress: bigint;
  /** What the system call gives as it stands. */
  retval = 0;
  /** What is written to the sysctl instead. */
  newSysctl: string | undefined;
  /** Options of the socket, by level and name. */
  readonly #options = new Map<string, Uint8Array>();
  readonly #memory: ReadonlyMap<bigint, Uint8Array>;
  readonly #onSignal: SurroundingsOptions["onSignal"];

  constructor(options: SurroundingsOptions) {
    const { task = {}, sysctl, attachCookie = 0n, functionAddress = 0n, memory = new Map(), onSignal } = options;
    const tgid = task.tgid ?? 1000;
    this.task = {
      uid: 0,
      gid: 0,
      comm: "simulated",
      cgroupId: 1n,
      cgroupAncestors: [1n],
      address: 0xffff_8880_0000_0000n,
      pidNamespace: { dev: 4n, ino: 0xefff_fffcn },
      ...task,
      tgid,
      pid: task.pid ?? tgid,
    };
    if (new TextEncoder().encode(this.task.comm).length > commBytes) {
      throw loaderError("option", {
        message: `the name of a thread has at most ${commBytes} bytes: ${this.task.comm}`,
      });
    }
    this.sysctl = sysctl;
    this.attachCookie = attachCookie;
    this.functionAddress = functionAddress;
    this.#memory = memory;
    this.#onSignal = onSignal;
  }

  /** What a run begins with. */
  begin(): void {
    this.retval = 0;
    this.newSysctl = this.sysctl?.newValue;
  }

  signal(signal: number, to: "process" | "thread"): void {
    this.#onSignal?.(signal, to);
  }

  /** As many bytes as there are from an address on, at most `size`; undefined where there is none. */
  memoryAt(address: bigint, size: number, of: "process" | "kernel" | "any"): Uint8Array | undefined {
    const isProcess = address < firstKernelAddress;
    if (of !== "any" && (of === "process") !== isProcess) return undefined;
    for (const [start, bytes] of this.#memory) {
      const offset = address - start;
      if (offset >= 0n && offset < BigInt(bytes.length)) {
        return bytes.subarray(Number(offset), Math.min(bytes.length, Number(offset) + size));
      }
    }
    return undefined;
  }

  option(level: number, name: number): Uint8Array | undefined {
    return this.#options.get(`${level} ${name}`);
  }

  setOption(level: number, name: number, value: Uint8Array): void {
    this.#options.set(`${level} ${name}`, value.slice());
  }
}
